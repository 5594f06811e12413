package io.syncbn.worker.collective;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A sum that some thread waits for and another one delivers. Thread-safe. */
final class PendingSum<T> implements Sum<T> {
    private final CompletableFuture<T> total = new CompletableFuture<>();

    @Override
    public T await() {
        try {
            return total.join();
        } catch (CompletionException e) {
            // A new exception here, so that its stack is the waiting thread's.
            throw new JobFailedException(e.getCause().getMessage());
        }
    }

    void complete(T value) {
        total.complete(value);
    }

    void fail(String reason) {
        total.completeExceptionally(new JobFailedException(reason));
    }
}
