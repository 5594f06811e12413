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
     * @throws OvertakenException if the step is committed without this part; so may the sum of moments, while it is awaited
     */
    Sum<double[]> offer(Round round, int shard, double[] part);

    /** Offers a shard's part of a chunk of the gradient, as {@link #offer}. */
    Sum<float[]> offerGradients(Round round, int shard, float[] part);

    /**
     * A sum over all shards, whether the shards of this process have offered their parts or not: those of a slow worker are
     * computed by another one as well.
     *
     * @param round of a step that is not {@linkplain #done done}; not moments, nor gradients
     */
    Sum<double[]> sum(Round round);

    /** A chunk of the gradient, as {@link #sum}. */
    Sum<float[]> gradients(Round round);

    /** Whether such a {@link #sum} has come, so that no shard of this process need do anything for it. */
    boolean isThere(Round round);

    /** Nobody will ask any more for the sums of this step, nor of those before: they are forgotten. */
    void done(long step);

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
