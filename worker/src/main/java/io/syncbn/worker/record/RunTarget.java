package io.syncbn.worker.record;

import java.nio.file.Path;

/**
 * Where a run is written.
 *
 * @param directory of the run, written by the worker that has shard 0
 * @param keep how many checkpoints stay there, beside the one before training
 * @param worker name of the worker that may write it
 * @param isHeld whether a launcher holds the lock of the directory for all its workers
 * @param tracking where else it is told of
 * @param page makes the run's page, for MLflow
 */
public record RunTarget(Path directory, int keep, String worker, boolean isHeld, Tracking tracking, RunPage page) {

    /** Written to its directory alone. */
    public RunTarget(Path directory, int keep, String worker, boolean isHeld) {
        this(directory, keep, worker, isHeld, Tracking.NONE, (run, job) -> "");
    }
}
