package io.syncbn.worker.record;

import io.syncbn.worker.checkpoint.Checkpoints;
import io.syncbn.worker.checkpoint.Origin;
import java.nio.file.Path;

/**
 * What writes a run's files. It outlives listeners: what one of them began may still be under way when the next one comes.
 */
public final class RunFiles implements AutoCloseable {
    private final Path directory;
    private final StartTimes start;
    private final WriteAlarms alarms;
    private final CheckpointWriter checkpoints;
    private final WritingThread metricsThread = new WritingThread("metrics");

    /** @param origin of the checkpoints */
    public RunFiles(RunTarget target, Origin origin, WorkerMetrics metrics, StartTimes start) {
        this.directory = target.directory();
        this.start = start;
        alarms = new WriteAlarms(metrics::writeFailed);
        Checkpoints kept = new Checkpoints(directory, target.keep());
        checkpoints = new CheckpointWriter((state, epochs) -> kept.write(state, epochs, origin), alarms);
    }

    /** Of the steps that this worker writes from now on, until it is closed. */
    public RunListener open() {
        return new RunWriter(directory, checkpoints, metricsThread, alarms, start);
    }

    @Override
    public void close() {
        metricsThread.close();
        checkpoints.close();
    }
}
