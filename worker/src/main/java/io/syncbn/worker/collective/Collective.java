package io.syncbn.worker.collective;

import io.syncbn.proto.sums.Chunk;
import java.util.concurrent.CompletableFuture;

/**
 * Sums over shards in the order of the reduction tree: the worker's side of every reduction. Each shard of this process
 * offers its part from its own thread; offering never waits.
 *
 * <p>Thread-safe, but created and closed by the training thread.
 */
public interface Collective extends AutoCloseable {

    /**
     * Offers a shard's part of a float64 sum, and sends nodes as soon as they are complete here. Moments are summed
     * over the shard's normalization group, all else over all shards. The sum of COMMIT arrives when its step is
     * committed: only then may weights, optimizer state and running statistics change.
     *
     * @param part belongs to the collective from here on
     * @throws OvertakenException if the step is committed without this part; awaiting a sum of moments may throw it too
     */
    Sum<double[]> offer(Round round, int shard, double[] part);

    /**
     * Offers a shard's part of a chunk of the gradient, as {@link #offer}.
     *
     * @param part where the shard's gradient lies: parts of other shards may be added to it, and the sum may be there; the
     *     shard may change it again in its next step
     */
    Sum<Chunk> offerGradients(Round round, int shard, Chunk part);

    /**
     * A sum over all shards, whether or not this process's shards have offered their parts: if this worker is slow, its
     * backup offers them too.
     *
     * @param round of a step that is not {@linkplain #done done}; not moments, nor gradients
     */
    Sum<double[]> sum(Round round);

    /** A chunk of the gradient, as {@link #sum}. */
    Sum<Chunk> gradients(Round round);

    /** Whether such a {@link #sum} has arrived, so that shards of this process need not contribute to it. */
    boolean isThere(Round round);

    /** Drops the sums of this step and of those before: nobody will ask for them again. */
    void done(long step);

    /**
     * Waits for work of other threads of this process, and serves the network for them meanwhile. Belongs to the thread
     * that created the collective.
     *
     * @param work whose end to wait for, successful or not
     */
    void await(CompletableFuture<?> work) throws InterruptedException;

    /** Fails every present and future wait of this process, because one of its shards cannot go on. */
    void fail(String reason);

    /** Whether the generation ends with this step, whose COMMIT has arrived, so that no further step may begin. */
    boolean endsWith(long step);

    @Override
    void close();
}
