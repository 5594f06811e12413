package io.syncbn.worker.collective;

import io.syncbn.proto.sums.Groupings;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.tree.Sums;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** All shards in one process: the root of the local fold is the sum, and every step whose COMMIT is offered is committed. */
public final class LocalCollective implements Collective {
    private final Groupings groupings;
    private final ShardFolder<double[]> doubles;
    private final ShardFolder<float[]> floats;

    /**
     * @param shards S
     * @param groupSize shards in a full normalization group
     */
    public LocalCollective(int shards, int groupSize) {
        groupings = Groupings.of(shards, groupSize);
        List<ShardRun> runs = List.of(new ShardRun(0, shards));
        doubles = new ShardFolder<>(runs, Sums::add, this::completeDoubles, Waiting.PLAIN, () -> 0);
        floats = new ShardFolder<>(runs, Sums::add, this::completeFloats, Waiting.PLAIN, () -> 0);
    }

    @Override
    public Sum<double[]> offer(Round round, int shard, double[] part) {
        return doubles.offer(groupings.of(round.kind()), round, shard, part);
    }

    @Override
    public Sum<float[]> offerGradients(Round round, int shard, float[] part) {
        return floats.offer(groupings.all(), round, shard, part);
    }

    @Override
    public Sum<double[]> sum(Round round) {
        return doubles.sum(groupings.all(), round);
    }

    @Override
    public Sum<float[]> gradients(Round round) {
        return floats.sum(groupings.all(), round);
    }

    @Override
    public boolean isThere(Round round) {
        return doubles.isThere(round);
    }

    @Override
    public void done(long step) {
        doubles.done(step);
        floats.done(step);
    }

    @Override
    public void await(CompletableFuture<?> work) throws InterruptedException {
        Waiting.PLAIN.until(work);
    }

    /** Wakes all shards that wait, because one of them cannot go on. */
    @Override
    public void fail(String reason) {
        doubles.fail(reason);
        floats.fail(reason);
    }

    @Override
    public boolean endsWith(long step) {
        return false;
    }

    @Override
    public void close() {
        fail("the collective was closed");
    }

    private void completeDoubles(Round round, int group, Map<Node, double[]> nodes) {
        doubles.complete(groupings.of(round.kind()), round, group, onlyValue(nodes));
    }

    private void completeFloats(Round round, int group, Map<Node, float[]> nodes) {
        floats.complete(groupings.all(), round, group, onlyValue(nodes));
    }

    private static <T> T onlyValue(Map<Node, T> nodes) {
        if (nodes.size() != 1) {
            throw new IllegalStateException("the fold of all shards must be the root alone, not " + nodes.keySet());
        }
        return nodes.values().iterator().next();
    }
}
