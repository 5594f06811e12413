package io.syncbn.worker.train;

import io.syncbn.worker.checkpoint.CheckpointException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A worker's turn to write the run. The right to the directory goes with it from worker to worker, and a job that begins in
 * a directory where another one is writing is refused. But no job under way ends for it: a worker that its job has given up,
 * and that stands still or is cut off, may hold the lock for as long as it likes.
 */
final class WriterTurn implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    /** The one before gives the lock back before its place is dealt anew; other machines may see that a little later. */
    private static final int TRIES = 50;

    private static final long BETWEEN_MILLIS = 100;

    /** How the holder of the same job's other worker ends. */
    private final String ofThisJob;

    private final Path run;
    private final String holder;
    private final boolean isNeeded;
    private RunLock lock;

    /**
     * @param coordinator tells this job from others
     * @param isNeeded false where somebody holds the lock for all workers
     */
    WriterTurn(Path run, String worker, String coordinator, boolean isNeeded) {
        this.run = run;
        this.ofThisJob = " of the job at " + coordinator;
        this.holder = RunLock.holder(worker) + ofThisJob;
        this.isNeeded = isNeeded;
    }

    /**
     * Begins it.
     *
     * @param isUnderWay whether the job has committed steps since it was started
     * @throws CheckpointException if another job is writing there
     */
    void begin(boolean isUnderWay) {
        if (!isNeeded || lock != null) {
            return;
        }
        try {
            Files.createDirectories(run);
            lock = take();
        } catch (RunLock.HeldException e) {
            if (!isUnderWay && !e.holder().endsWith(ofThisJob)) {
                throw e.asRefusal(run);
            }
            LOG.log(
                    Level.WARNING,
                    "run directory " + run + " is still held by " + e.holder() + ", which this job goes on without");
        } catch (IOException e) {
            throw new TrainingException(WholeFile.cannotWrite(run, e));
        }
    }

    private RunLock take() throws IOException, RunLock.HeldException {
        for (int tries = 1; ; tries++) {
            try {
                return RunLock.take(run, holder);
            } catch (RunLock.HeldException e) {
                if (tries == TRIES) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it. */
    @Override
    public void close() {
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }
}
