package io.syncbn.worker.train;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** Another collective, but for what a test does differently. */
class DelegatingCollective implements Collective {
    private final Collective sums;

    DelegatingCollective(Collective sums) {
        this.sums = sums;
    }

    /** The same numbers in an array of their own, which no shard changes. */
    static Chunk copy(Chunk chunk) {
        return new Chunk(Arrays.copyOfRange(chunk.values(), chunk.from(), chunk.to()));
    }

    @Override
    public Sum<double[]> offer(Round round, int shard, double[] part) {
        return sums.offer(round, shard, part);
    }

    @Override
    public Sum<Chunk> offerGradients(Round round, int shard, Chunk part) {
        return sums.offerGradients(round, shard, part);
    }

    @Override
    public Sum<double[]> sum(Round round) {
        return sums.sum(round);
    }

    @Override
    public Sum<Chunk> gradients(Round round) {
        return sums.gradients(round);
    }

    @Override
    public boolean isThere(Round round) {
        return sums.isThere(round);
    }

    @Override
    public void done(long step) {
        sums.done(step);
    }

    @Override
    public void await(CompletableFuture<?> work) throws InterruptedException {
        sums.await(work);
    }

    @Override
    public void fail(String reason) {
        sums.fail(reason);
    }

    @Override
    public boolean endsWith(long step) {
        return sums.endsWith(step);
    }

    @Override
    public void close() {
        sums.close();
    }
}
