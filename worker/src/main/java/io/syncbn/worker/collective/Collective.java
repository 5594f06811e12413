package io.syncbn.worker.collective;

/**
 * Sums over shards in the order of the reduction tree: the worker's side of every reduction. Each shard of this process
 * offers its part from its own thread; offering never waits.
 *
 * <p>Thread-safe.
 */
public interface Collective extends AutoCloseable {

    /**
     * Offers a shard's part of a sum of float64 numbers. Moments are summed over the shard's normalization group, all
     * else over all shards.
     *
     * @param part belongs to the collective from here on
     */
    Sum<double[]> offer(Round round, int shard, double[] part);

    /** Offers a shard's part of a chunk of the gradient, as {@link #offer}. */
    Sum<float[]> offerGradients(Round round, int shard, float[] part);

    /**
     * Waits until the step's result is the model: only then may weights, optimizer state and running statistics change.
     *
     * @throws JobFailedException if that will not happen
     */
    void awaitCommit(long step);

    /** Ends every wait of this process, now and later, because one of its shards cannot go on. */
    void fail(String reason);

    @Override
    void close();
}
