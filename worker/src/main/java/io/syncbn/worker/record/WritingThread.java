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

    /** Waits, but not for ever, until what there is to write is written, or has failed. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
