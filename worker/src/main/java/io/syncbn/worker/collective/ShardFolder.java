package io.syncbn.worker.collective;

import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.TreeFold;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Where the shards of one process meet: adds their parts along the tree, hands on the nodes that cover them all, and wakes
 * them with the total.
 *
 * <p>Thread-safe. The last shard to arrive at a round hands the nodes on, from its own thread.
 */
final class ShardFolder<T> {

    /** Takes the nodes that cover this process's shards of a group, once all of these have offered their parts. */
    interface Outlet<T> {
        void accept(Round round, int group, Map<Node, T> nodes);
    }

    private record Key(Round round, int group) {}

    private static final class Meeting<T> {
        final TreeFold<T> fold;
        final PendingSum<T> sum;
        int missing;
        /** When the nodes were handed on, by the outlet's clock; meaningful once nothing is missing. */
        long handedOnNanos;

        Meeting(TreeFold<T> fold, int missing, Waiting waiting) {
            this.fold = fold;
            this.missing = missing;
            this.sum = new PendingSum<>(waiting);
        }
    }

    private final int firstShard;
    private final int shardCount;
    private final BinaryOperator<T> adder;
    private final Outlet<T> outlet;
    private final Waiting waiting;
    private final LongSupplier nanoClock;
    private final Map<Key, Meeting<T>> meetings = new ConcurrentHashMap<>();
    private volatile End end;

    /** No sum that begins from here on will come; nor, at once, do those that are not spared. */
    private record End(Predicate<Round> spared, String reason) {}

    ShardFolder(
            int firstShard,
            int shardCount,
            BinaryOperator<T> adder,
            Outlet<T> outlet,
            Waiting waiting,
            LongSupplier nanoClock) {
        this.firstShard = firstShard;
        this.shardCount = shardCount;
        this.adder = adder;
        this.outlet = outlet;
        this.waiting = waiting;
        this.nanoClock = nanoClock;
    }

    Sum<T> offer(Grouping grouping, Round round, int shard, T part) {
        int group = grouping.groupOf(shard);
        Meeting<T> meeting = meetings.computeIfAbsent(
                new Key(round, group),
                key -> new Meeting<>(
                        new TreeFold<>(grouping.treeOf(group), adder), shardsHere(grouping, group), waiting));
        Map<Node, T> folded = null;
        synchronized (meeting) {
            meeting.fold.offer(new Node(0, grouping.positionOf(shard)), part);
            meeting.missing--;
            if (meeting.missing == 0) {
                meeting.handedOnNanos = nanoClock.getAsLong();
                folded = meeting.fold.waiting();
            }
        }
        End over = end;
        if (over != null && !over.spared.test(round)) {
            meeting.sum.fail(over.reason);
        }
        if (folded != null) {
            outlet.accept(round, group, folded);
        }
        return meeting.sum;
    }

    /** Delivers a total to the shards that wait for it; one that comes twice was delivered the first time. */
    void complete(Round round, int group, T total) {
        Meeting<T> meeting = meetings.remove(new Key(round, group));
        if (meeting != null) {
            meeting.sum.complete(total);
        }
    }

    /** Ends all waiting, now and later. */
    void fail(String reason) {
        fail(reason, round -> false);
    }

    /** Ends all waiting, now and later, but for sums that may still come. */
    void fail(String reason, Predicate<Round> spared) {
        end = new End(spared, reason);
        meetings.forEach((key, meeting) -> {
            if (!spared.test(key.round)) {
                meeting.sum.fail(reason);
            }
        });
    }

    /** A sum of which all parts of this process were handed on before a time, and which has not come; empty if none. */
    Optional<Round> handedOnBefore(long nanos) {
        for (Map.Entry<Key, Meeting<T>> entry : meetings.entrySet()) {
            Meeting<T> meeting = entry.getValue();
            synchronized (meeting) {
                if (meeting.missing == 0 && meeting.handedOnNanos - nanos < 0) {
                    return Optional.of(entry.getKey().round);
                }
            }
        }
        return Optional.empty();
    }

    private int shardsHere(Grouping grouping, int group) {
        int first = Math.max(firstShard, grouping.firstShardOf(group));
        int end = Math.min(firstShard + shardCount, grouping.firstShardOf(group) + grouping.sizeOf(group));
        return end - first;
    }
}
