package io.syncbn.worker.train;

import io.syncbn.worker.collective.JobFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A thread for each shard of this process. Shards wait for each other inside a step, so each must have its own; the
 * operating system lays them side by side on the cores.
 */
final class ShardThreads implements AutoCloseable {
    private final ExecutorService threads;
    private final Consumer<String> whenOneFails;

    /** @param whenOneFails ends the waits of the other shards */
    ShardThreads(int count, Consumer<String> whenOneFails) {
        this.whenOneFails = whenOneFails;
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
        CompletionService<R> completion = new ExecutorCompletionService<>(threads);
        List<Future<R>> futures = new ArrayList<>();
        for (S shard : shards) {
            futures.add(completion.submit(() -> work.apply(shard)));
        }
        Throwable first = null;
        for (int done = 0; done < shards.size(); done++) {
            try {
                completion.take().get();
            } catch (ExecutionException e) {
                if (first == null) {
                    first = e.getCause();
                    whenOneFails.accept(String.valueOf(first.getMessage()));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new JobFailedException("interrupted");
            }
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw (RuntimeException) first;
        }
        return futures.stream().map(ShardThreads::resultOf).toList();
    }

    private static <R> R resultOf(Future<R> done) {
        try {
            return done.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("a finished piece of work has a result", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
