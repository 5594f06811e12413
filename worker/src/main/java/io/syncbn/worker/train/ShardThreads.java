package io.syncbn.worker.train;

import io.syncbn.worker.collective.AbandonedException;
import io.syncbn.worker.collective.Collective;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * A thread for each shard of this process. Shards wait for each other inside a step, so each must have its own; the
 * operating system lays them side by side on the cores. A shard that is alone runs on the calling thread, which has nothing
 * else to do and sends and receives its sums without a change of threads.
 */
final class ShardThreads implements AutoCloseable {
    private final ExecutorService threads;
    private final Collective collective;

    /** @param collective in which shards wait for each other; ended when one of them fails */
    ShardThreads(int count, Collective collective) {
        this.collective = collective;
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(count, work -> {
            Thread thread = new Thread(work, "shard-thread-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Does a piece of work for every shard at once and waits for all of them. When one fails, the waits of the others are
     * ended, and its exception is thrown.
     *
     * @param shards no more than there are threads
     * @return the results in the order of shards
     */
    <S, R> List<R> forEach(List<S> shards, Function<S, R> work) {
        AtomicReference<Throwable> first = new AtomicReference<>();
        List<CompletableFuture<R>> results = shards.size() == 1
                ? List.of(CompletableFuture.completedFuture(attempt(shards.get(0), work, first)))
                : shards.stream()
                        .map(shard -> CompletableFuture.supplyAsync(() -> attempt(shard, work, first), threads))
                        .toList();
        try {
            collective.await(CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AbandonedException("interrupted");
        }
        if (first.get() instanceof Error error) {
            throw error;
        }
        if (first.get() != null) {
            throw (RuntimeException) first.get();
        }
        return results.stream().map(CompletableFuture::join).toList();
    }

    /** The work's result, or null when it failed. */
    private <S, R> R attempt(S shard, Function<S, R> work, AtomicReference<Throwable> first) {
        try {
            return work.apply(shard);
        } catch (RuntimeException | Error e) {
            if (first.compareAndSet(null, e)) {
                collective.fail(String.valueOf(e.getMessage()));
            }
            return null;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
