package io.syncbn.worker.record;

import io.syncbn.worker.checkpoint.CheckpointException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A worker's turn to write the run. The lock on the directory goes with it from worker to worker, and a job that begins
 * in a directory where another one is writing is refused. But a running job never fails over the lock: an evicted
 * worker that hangs or is cut off may hold it indefinitely.
 */
public final class WriterTurn implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    /**
     * The previous writer releases the lock before its shards are dealt anew; other machines may see that a little
     * later.
     */
    private static final int TRIES = 50;

    private static final long BETWEEN_MILLIS = 100;

    /** Suffix of the holder's text if another worker of this job holds the lock. */
    private final String ofThisJob;

    private final Path run;
    private final String holder;
    private final boolean isNeeded;
    private final int tries;

    /** Empty if the lock could not be had; null between turns. */
    private CompletableFuture<Optional<RunLock>> lock;

    /**
     * @param job fingerprint
     * @param coordinator its address; both together identify this job
     */
    public WriterTurn(RunTarget target, String job, String coordinator) {
        this(target, job, coordinator, TRIES);
    }

    /** @param tries at a lock that somebody else has */
    WriterTurn(RunTarget target, String job, String coordinator, int tries) {
        this.run = target.directory();
        this.ofThisJob = " of the job " + job + " at " + coordinator;
        this.holder = RunLock.holder(target.worker()) + ofThisJob;
        this.isNeeded = !target.isHeld();
        this.tries = tries;
    }

    /**
     * Begins the turn.
     *
     * @param isUnderWay whether the job has committed steps since it was started; then the lock is taken in the
     *     background, so that nothing waits for it or its disk
     * @throws CheckpointException if another job is writing there
     */
    void begin(boolean isUnderWay) {
        if (!isNeeded || lock != null) {
            return;
        }
        lock = new CompletableFuture<>();
        if (isUnderWay) {
            CompletableFuture<Optional<RunLock>> taken = lock;
            Thread thread = new Thread(() -> taken.complete(take(true)), "run-lock");
            thread.setDaemon(true);
            thread.start();
        } else {
            lock.complete(take(false));
        }
    }

    private Optional<RunLock> take(boolean isUnderWay) {
        try {
            Files.createDirectories(run);
            return Optional.of(take());
        } catch (RunLock.HeldException e) {
            if (!isUnderWay && !e.holder().endsWith(ofThisJob)) {
                lock = null;
                throw e.asRefusal(run);
            }
            LOG.log(
                    Level.WARNING,
                    "run directory " + run + " is still held by " + e.holder() + ", which this job goes on without");
        } catch (IOException e) {
            LOG.log(Level.WARNING, FileFault.cannotWrite(run.resolve(RunLock.FILE), e));
        }
        return Optional.empty();
    }

    private RunLock take() throws IOException, RunLock.HeldException {
        for (int done = 1; ; done++) {
            try {
                return RunLock.take(run, holder);
            } catch (RunLock.HeldException e) {
                if (done == tries) {
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

    /** Ends the turn; a lock that is still being taken is released as soon as it is. */
    @Override
    public void close() {
        if (lock != null) {
            lock.thenAccept(taken -> taken.ifPresent(RunLock::close));
            lock = null;
        }
    }
}
