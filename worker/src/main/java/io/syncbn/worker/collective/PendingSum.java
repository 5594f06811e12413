package io.syncbn.worker.collective;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A sum that some thread waits for and another one, or the waiting one itself, delivers. Thread-safe. */
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
            // A new exception here, so that its stack is the waiting thread's.
            throw new AbandonedException(e.getCause().getMessage());
        }
    }

    void complete(T value) {
        total.complete(value);
        waiting.wake();
    }

    void fail(String reason) {
        total.completeExceptionally(new AbandonedException(reason));
        waiting.wake();
    }
}
