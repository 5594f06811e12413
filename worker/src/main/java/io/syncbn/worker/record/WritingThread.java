package io.syncbn.worker.record;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A thread that waits for a disk, so that no other has to. It keeps no process alive. */
final class WritingThread implements Executor, AutoCloseable {
    private static final Duration END_PATIENCE = Duration.ofSeconds(10);

    private final ExecutorService thread;

    WritingThread(String name) {
        thread = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    /** There is nothing more to come. */
    void end() {
        thread.shutdown();
    }

    /** Waits, but not for ever, until what there is to write is written, or has failed. */
    @Override
    public void close() {
        closeBy(deadline());
    }

    /** By when whoever closes threads now has waited long enough for all of them. */
    static long deadline() {
        return System.nanoTime() + END_PATIENCE.toNanos();
    }

    /**
     * The same.
     *
     * @return whether everything is written
     */
    boolean closeBy(long deadline) {
        end();
        try {
            return thread.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
