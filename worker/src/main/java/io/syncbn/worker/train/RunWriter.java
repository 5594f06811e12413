package io.syncbn.worker.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.Checkpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Writes the run directory: {@code metrics.jsonl} as training goes on, {@code checkpoints/}, and {@code result.json} at the
 * end. Only the worker that has shard 0 has one.
 */
final class RunWriter implements RunListener {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double NANOS_PER_SECOND = 1e9;

    private final Job job;
    private final Path directory;
    private final Checkpoints checkpoints;
    private final RunFacts facts;
    private final StartTimes start;
    private final LongSupplier nanoClock;
    private final StepTimes stepMillis = new StepTimes();
    private final StepTimes syncMillis = new StepTimes();
    private Writer metrics;
    private long startNanos;
    private long examples;
    private StepRecord lastStep;
    private Evaluation lastEvaluation;

    /**
     * What result.json tells beside measurements.
     *
     * @param normGroup as given: a number or "all"
     */
    record RunFacts(int workers, int shards, int batch, String normGroup, long generations, String fingerprint) {}

    RunWriter(
            Job job,
            Path directory,
            Checkpoints checkpoints,
            RunFacts facts,
            StartTimes start,
            LongSupplier nanoClock) {
        this.job = job;
        this.directory = directory;
        this.checkpoints = checkpoints;
        this.facts = facts;
        this.start = start;
        this.nanoClock = nanoClock;
    }

    @Override
    public void begins(TrainingState state) {
        startNanos = nanoClock.getAsLong();
        Path file = directory.resolve("metrics.jsonl");
        try {
            Files.createDirectories(directory);
            if (Files.exists(file)) {
                Files.write(file, linesUpTo(state.step(), file));
            }
            metrics = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /** What an earlier run wrote, without the steps after the checkpoint that this one goes on from. */
    private static List<String> linesUpTo(long step, Path file) throws IOException {
        List<String> kept = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            try {
                JsonNode number = JSON.readTree(line).path("step");
                if (number.isNumber() && number.asLong() <= step) {
                    kept.add(line);
                }
            } catch (JsonProcessingException e) {
                continue; // the torn last line of a run that was killed
            }
        }
        return kept;
    }

    @Override
    public void stepped(StepRecord step) {
        if (lastStep == null) {
            start.done("firstStep");
            LOG.log(Level.INFO, "from the command to the first step: {0}", start);
        }
        lastStep = step;
        examples += step.examples();
        stepMillis.add(step.split().stepMillis());
        syncMillis.add(step.split().syncMillis());
        writeLine(step);
    }

    @Override
    public void evaluated(long step, double epoch, Evaluation evaluation) {
        lastEvaluation = evaluation;
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step);
        line.put("epoch", epoch);
        line.put("testLoss", evaluation.loss());
        line.put("testAccuracy", evaluation.accuracy());
        writeLine(line);
    }

    @Override
    public void checkpoint(TrainingState state) {
        checkpoints.write(state.modelState(), state.epochsDone(), job);
    }

    /** Writes result.json, whole or not at all; leaves that of the run which did the last step. */
    @Override
    public void finished(TrainingState state, double epochs, String weightsSha256) {
        if (lastStep == null && Files.exists(directory.resolve("result.json"))) {
            return;
        }
        Map<String, Object> result = new LinkedHashMap<>();
        double wallSeconds = (nanoClock.getAsLong() - startNanos) / NANOS_PER_SECOND;
        result.put("steps", state.step());
        result.put("epochs", epochs);
        result.put("workers", facts.workers());
        result.put("shards", facts.shards());
        result.put("batch", facts.batch());
        result.put("normGroup", facts.normGroup());
        result.put("trainLoss", lastStep == null ? null : lastStep.loss());
        result.put("testAccuracy", lastEvaluation == null ? null : lastEvaluation.accuracy());
        result.put("weightsSha256", weightsSha256);
        result.put("imagesPerSecond", stepMillis.total() == 0 ? 0 : examples / (stepMillis.total() / 1000));
        result.put("stepMillisMedian", stepMillis.quantile(0.5));
        result.put("stepMillisP99", stepMillis.quantile(0.99));
        result.put("syncMillisMedian", syncMillis.quantile(0.5));
        result.put("generations", facts.generations());
        result.put("wallSeconds", wallSeconds);
        result.put("startSeconds", start.seconds());
        result.put("fingerprint", facts.fingerprint());
        Path file = directory.resolve("result.json");
        Path temporary = directory.resolve(".result.json.tmp");
        try {
            Files.writeString(temporary, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n");
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    private void writeLine(Object line) {
        try {
            metrics.write(JSON.writeValueAsString(line));
            metrics.write('\n');
            metrics.flush();
        } catch (IOException e) {
            throw cannotWrite(directory.resolve("metrics.jsonl"), e);
        }
    }

    private static TrainingException cannotWrite(Path file, IOException cause) {
        return new TrainingException("cannot write " + file + ": " + cause);
    }

    @Override
    public void close() {
        if (metrics != null) {
            try {
                metrics.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
