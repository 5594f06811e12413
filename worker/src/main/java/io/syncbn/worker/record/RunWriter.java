package io.syncbn.worker.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.syncbn.worker.checkpoint.AtomicFile;
import io.syncbn.worker.checkpoint.ModelState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Writes the run directory: {@code metrics.jsonl} as training goes on, {@code checkpoints/}, and {@code result.json} at
 * the end. Only the worker that has shard 0 has one.
 *
 * <p>A failed write is an alarm while training goes on; it ends the job only for the last checkpoint and result.json,
 * without which there is no result.
 */
public final class RunWriter implements CheckpointKeeper {

    private final Path directory;
    private final CheckpointWriter checkpoints;
    private final Executor metricsThread;
    private final WriteAlarms alarms;
    private final StartTimes start;
    private MetricsLog metrics;
    private boolean hasStepped;
    private long evaluatedStep = -1;

    /** @param metricsThread writes metrics.jsonl: no step waits for it */
    public RunWriter(
            Path directory,
            CheckpointWriter checkpoints,
            Executor metricsThread,
            WriteAlarms alarms,
            StartTimes start) {
        this.directory = directory;
        this.checkpoints = checkpoints;
        this.metricsThread = metricsThread;
        this.alarms = alarms;
        this.start = start;
    }

    @Override
    public void begins(long step) {
        if (!Files.isDirectory(directory)) { // creating an existing one would block on a disk that hangs
            makeDirectory();
        }
        MetricsFile file = new MetricsFile(directory.resolve("metrics.jsonl"), step, MetricsFile.Disk.FILES);
        metrics = new MetricsLog(file, alarms, metricsThread);
    }

    private void makeDirectory() {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new RecordException(FileFault.cannotWrite(directory, e), e);
        }
    }

    @Override
    public void steppedBefore(StepRecord step) {
        metrics.addUnlessTold(step.step(), JsonText.line(step));
    }

    @Override
    public void stepped(StepRecord step) {
        hasStepped = true;
        metrics.add(JsonText.line(step));
    }

    @Override
    public void evaluated(long step, double epoch, Evaluation evaluation) {
        if (step == evaluatedStep) {
            return; // repeated by a new generation
        }
        evaluatedStep = step;
        metrics.add(JsonText.line(evaluation.line(step, epoch)));
    }

    @Override
    public void checkpoint(ModelState state, long epochsDone, Consumer<ModelState> further) {
        checkpoints.begin(state, epochsDone, further);
    }

    @Override
    public void lastCheckpoint(ModelState state, long epochsDone) {
        checkpoints.writeAndWait(state, epochsDone);
    }

    /** Writes result.json atomically; keeps an existing one if this writer did no step. */
    @Override
    public void finished(RunResult ended, RunFacts facts) {
        if (!hasStepped && Files.exists(directory.resolve("result.json"))) {
            return;
        }
        RunHistory history = history();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("steps", ended.steps());
        result.put("epochs", ended.epochs());
        result.put("workers", facts.workers());
        result.put("shards", facts.shards());
        result.put("batch", facts.batch());
        result.put("normGroup", facts.normGroup());
        result.put("trainLoss", history.trainLoss());
        result.put("noiseScale", history.noiseScale());
        result.put("testAccuracy", history.testAccuracy());
        result.put("weightsSha256", ended.weightsSha256());
        result.put("imagesPerSecond", history.imagesPerSecond());
        result.put("stepMillisMedian", history.stepMillis().median());
        result.put("stepMillisP99", history.stepMillis().percentile99());
        result.put("syncMillisMedian", history.syncMillis().median());
        result.put("generations", facts.generations());
        result.put("restores", facts.restores());
        result.put("wallSeconds", start.sinceCommand());
        result.put("startSeconds", start.seconds());
        result.put("fingerprint", facts.fingerprint());
        result.put("dataDigest", facts.origin().dataDigest());
        result.put("modelDigest", facts.origin().model().digest());
        result.put("arithmeticDigest", facts.origin().arithmetic());
        result.put("computedWith", facts.origin().computedWith());
        Path file = directory.resolve("result.json");
        try {
            AtomicFile.write(file, JsonText.lines(result).getBytes(UTF_8));
        } catch (IOException e) {
            throw new RecordException(FileFault.cannotWrite(file, e), e);
        }
    }

    private RunHistory history() {
        try {
            return RunHistory.of(metrics.lines());
        } catch (IOException e) {
            throw new RecordException(FileFault.cannotRead(directory.resolve("metrics.jsonl"), e), e);
        }
    }

    @Override
    public void close() {
        if (metrics != null) {
            metrics.close();
        }
    }
}
