package io.syncbn.worker.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.Checkpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Writes the run directory: {@code metrics.jsonl} as training goes on, {@code checkpoints/}, and {@code result.json} at the
 * end. Only the worker that has shard 0 has one.
 */
final class RunWriter implements RunListener {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double NANOS_PER_SECOND = 1e9;

    private final Job job;
    private final Path directory;
    private final Checkpoints checkpoints;
    private final StartTimes start;
    private final LongSupplier nanoClock;
    private Writer metrics;
    private long startNanos;
    private boolean hasStepped;
    private long evaluatedStep = -1;

    /**
     * What result.json tells beside measurements.
     *
     * @param normGroup as given: a number or "all"
     */
    record RunFacts(int workers, int shards, int batch, String normGroup, long generations, String fingerprint) {}

    RunWriter(Job job, Path directory, Checkpoints checkpoints, StartTimes start, LongSupplier nanoClock) {
        this.job = job;
        this.directory = directory;
        this.checkpoints = checkpoints;
        this.start = start;
        this.nanoClock = nanoClock;
    }

    @Override
    public void begins(TrainingState state) {
        startNanos = nanoClock.getAsLong();
        Path file = directory.resolve("metrics.jsonl");
        try {
            Files.createDirectories(directory);
            replace(file, Files.exists(file) ? RunHistory.linesUpTo(state.step(), file) : List.of());
            metrics = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    /**
     * Puts a new file in the place of what was there. A worker that wrote it, was given up by the others and wakes up, then
     * writes to a file that nobody sees.
     */
    private static void replace(Path file, List<String> lines) throws IOException {
        Path temporary = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid());
        Files.write(temporary, lines);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void stepped(StepRecord step) {
        hasStepped = true;
        writeLine(step);
    }

    @Override
    public void evaluated(long step, double epoch, Evaluation evaluation) {
        if (step == evaluatedStep) {
            return; // done again by a new generation
        }
        evaluatedStep = step;
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
    public void finished(TrainingState state, double epochs, String weightsSha256, RunFacts facts) {
        if (!hasStepped && Files.exists(directory.resolve("result.json"))) {
            return;
        }
        RunHistory history = history();
        Map<String, Object> result = new LinkedHashMap<>();
        double wallSeconds = (nanoClock.getAsLong() - startNanos) / NANOS_PER_SECOND;
        result.put("steps", state.step());
        result.put("epochs", epochs);
        result.put("workers", facts.workers());
        result.put("shards", facts.shards());
        result.put("batch", facts.batch());
        result.put("normGroup", facts.normGroup());
        result.put("trainLoss", history.trainLoss());
        result.put("testAccuracy", history.testAccuracy());
        result.put("weightsSha256", weightsSha256);
        result.put("imagesPerSecond", history.imagesPerSecond());
        result.put("stepMillisMedian", history.stepMillis().quantile(0.5));
        result.put("stepMillisP99", history.stepMillis().quantile(0.99));
        result.put("syncMillisMedian", history.syncMillis().quantile(0.5));
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

    private RunHistory history() {
        Path file = directory.resolve("metrics.jsonl");
        try {
            return RunHistory.read(file);
        } catch (IOException e) {
            throw new TrainingException("cannot read " + file + ": " + e);
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
