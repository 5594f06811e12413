package io.syncbn.worker.record;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A daemon thread that waits for a disk, so that no other has to. */
final class WritingThread implements Executor, AutoCloseable {
    static final int CLOSE_SECONDS = 10;

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

    /** Takes no further tasks. */
    void end() {
        thread.shutdown();
    }

    /** Waits, up to a limit, until all tasks have finished. */
    @Override
    public void close() {
        closeBy(deadline());
    }

    /** The common deadline for closing several threads from now on. */
    static long deadline() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    }

    /**
     * As {@link #close}, until a given deadline.
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
