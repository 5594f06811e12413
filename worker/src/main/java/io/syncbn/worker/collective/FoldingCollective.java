package io.syncbn.worker.collective;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.Groupings;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.tree.Sums;
import io.syncbn.proto.wire.Payload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The common part of all collectives: the shards of this process meet in two reducers, one per number type. Subclasses
 * decide what happens to the folded nodes.
 */
abstract class FoldingCollective implements Collective {
    private final Groupings groupings;
    final Waiting waiting;
    private final LocalReducer<double[]> doubles;
    private final LocalReducer<Chunk> floats;

    /** @param runs of shards that this process has */
    FoldingCollective(Groupings groupings, List<ShardRun> runs, Waiting waiting, LongSupplier nanoClock) {
        this.groupings = groupings;
        this.waiting = waiting;
        doubles = new LocalReducer<>(runs, Sums::add, this::foldedDoubles, waiting, nanoClock);
        floats = new LocalReducer<>(runs, Chunk::add, this::foldedFloats, waiting, nanoClock);
    }

    /** Whether the root of such a sum, if this process holds all of its shards, need not be sent to anyone. */
    abstract boolean isCompleteHere(SumKind kind);

    /** Sends the nodes that cover a run's shards of a group, to be folded further elsewhere. */
    abstract <T> void send(Round round, int group, Map<Node, T> nodes, Function<T, Payload> payload);

    private void foldedDoubles(Round round, int group, Map<Node, double[]> nodes) {
        folded(doubles, round, group, nodes, Payload.Float64::new);
    }

    private void foldedFloats(Round round, int group, Map<Node, Chunk> nodes) {
        folded(floats, round, group, nodes, Payload.Float32::new);
    }

    private <T> void folded(
            LocalReducer<T> folder, Round round, int group, Map<Node, T> nodes, Function<T, Payload> payload) {
        Grouping grouping = groupings.of(round.kind());
        T root = isCompleteHere(round.kind()) ? nodes.get(grouping.treeOf(group).root()) : null;
        if (root == null) {
            send(round, group, nodes, payload);
        } else {
            folder.complete(grouping, round, group, root);
        }
    }

    /** Delivers a total to the shards here. */
    final void complete(Round round, int group, Payload total) {
        Grouping grouping = groupings.of(round.kind());
        if (total instanceof Payload.Float32 values) {
            floats.complete(grouping, round, group, values.chunk());
        } else if (total instanceof Payload.Float64 values) {
            doubles.complete(grouping, round, group, values.values());
        } else {
            throw new IllegalStateException("a total of " + total.getClass());
        }
    }

    @Override
    public final Sum<double[]> offer(Round round, int shard, double[] part) {
        return doubles.offer(groupings.of(round.kind()), round, shard, part);
    }

    @Override
    public final Sum<Chunk> offerGradients(Round round, int shard, Chunk part) {
        return floats.offer(groupings.of(round.kind()), round, shard, part);
    }

    @Override
    public final Sum<double[]> sum(Round round) {
        return doubles.sum(groupings.all(), round);
    }

    @Override
    public final Sum<Chunk> gradients(Round round) {
        return floats.sum(groupings.all(), round);
    }

    @Override
    public final boolean isThere(Round round) {
        return doubles.isThere(round);
    }

    @Override
    public void done(long step) {
        doubles.done(step);
        floats.done(step);
    }

    @Override
    public final void await(CompletableFuture<?> work) throws InterruptedException {
        work.whenComplete((value, failure) -> waiting.wake());
        waiting.until(work);
    }

    /** Wakes all shards that wait, because one of them cannot go on. */
    @Override
    public void fail(String reason) {
        fail(reason, round -> false);
    }

    /** Fails all present and future waits, except for sums that may still come. */
    final void fail(String reason, Predicate<Round> spared) {
        doubles.fail(reason, spared);
        floats.fail(reason, spared);
    }

    /** Fails all waits for sums carried by a stream. */
    final void fail(String reason, StreamKind stream) {
        switch (stream) {
            case MOMENTS -> doubles.fail(reason);
            case GRADIENTS -> floats.fail(reason);
        }
    }

    /** Ends a committed step for the shards here that have not finished it. */
    final void overtake(long step) {
        doubles.overtake(step);
        floats.overtake(step);
    }

    /** A sum for which all parts of a run were sent before a time, and which has not arrived; empty if none. */
    final Optional<Round> handedOnBefore(long nanos) {
        return doubles.handedOnBefore(nanos).or(() -> floats.handedOnBefore(nanos));
    }
}
