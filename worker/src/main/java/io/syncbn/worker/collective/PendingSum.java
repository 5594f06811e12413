package io.syncbn.worker.collective;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A sum that one thread waits for, and another thread or the waiting one itself delivers. Thread-safe. */
final class PendingSum<T> implements Sum<T> {
    private final CompletableFuture<T> total = new CompletableFuture<>();
    private final Waiting waiting;

    PendingSum(Waiting waiting) {
        this.waiting = waiting;
    }

    @Override
    public T await() {
        try {
            waiting.until(total);
            return total.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AbandonedException("interrupted");
        } catch (CompletionException e) {
            // A new exception, so that its stack trace is the waiting thread's.
            String reason = e.getCause().getMessage();
            throw e.getCause() instanceof OvertakenException
                    ? new OvertakenException(reason)
                    : new AbandonedException(reason);
        }
    }

    void complete(T value) {
        total.complete(value);
        waiting.wake();
    }

    /** Fails the wait, unless the sum has arrived. */
    void fail(RuntimeException reason) {
        total.completeExceptionally(reason);
        waiting.wake();
    }
}
