package io.syncbn.worker.collective;

import java.util.concurrent.CompletableFuture;

/**
 * Sums over shards in the order of the reduction tree: the worker's side of every reduction. Each shard of this process
 * offers its part from its own thread; offering never waits.
 *
 * <p>Thread-safe, but made and closed by one thread: the one that trains.
 */
public interface Collective extends AutoCloseable {

    /**
     * Offers a shard's part of a sum of float64 numbers, and sends what is complete here at once. Moments are summed over
     * the shard's normalization group, all else over all shards. The sum of COMMIT comes when its step is committed: only
     * then may weights, optimizer state and running statistics change.
     *
     * @param part belongs to the collective from here on
     */
    Sum<double[]> offer(Round round, int shard, double[] part);

    /** Offers a shard's part of a chunk of the gradient, as {@link #offer}. */
    Sum<float[]> offerGradients(Round round, int shard, float[] part);

    /**
     * Waits for work of other threads of this process, and meanwhile for the network on their behalf. Belongs to the thread
     * that made the collective.
     *
     * @param work whose end is waited for, well or not
     */
    void await(CompletableFuture<?> work) throws InterruptedException;

    /** Ends every wait of this process, now and later, because one of its shards cannot go on. */
    void fail(String reason);

    /** Whether no step is to be begun after this one, whose COMMIT has come: the generation ends with it. */
    boolean endsWith(long step);

    @Override
    void close();
}
