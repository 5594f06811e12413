package io.syncbn.worker.collective;

import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.tree.TreeFold;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;

/**
 * One sum within a process: a fold for each of its runs of shards, and the total that they wait for. Runs are folded
 * separately, so that another worker that has one of them sends the same nodes. All but the total is guarded by this
 * object's lock.
 */
final class LocalRound<T> {

    private static final class RunFold<T> {
        final ShardRun run;
        final TreeFold<T> fold;
        int missing;
        /** When its nodes were passed on; meaningful once nothing is missing. */
        long handedOnNanos;

        RunFold(ShardRun run, TreeFold<T> fold, int missing) {
            this.run = run;
            this.fold = fold;
            this.missing = missing;
        }
    }

    final PendingSum<T> sum;
    /** Number of parts that shards here have not offered. */
    int missing;
    /** Whether the total has arrived. */
    boolean isThere;

    private final List<RunFold<T>> folds;

    LocalRound(List<ShardRun> runs, Grouping grouping, int group, BinaryOperator<T> adder, PendingSum<T> sum) {
        this.sum = sum;
        folds = new ArrayList<>(runs.size());
        for (ShardRun run : runs) {
            int shards = run.overlap(grouping.runOf(group));
            if (shards > 0) {
                folds.add(new RunFold<>(run, new TreeFold<>(grouping.treeOf(group), adder), shards));
                missing += shards;
            }
        }
    }

    /** Adds a shard's part; returns the run's nodes if it was the run's last part, else nothing. */
    Map<Node, T> add(int shard, Node leaf, T part, LongSupplier nanoClock) {
        for (RunFold<T> each : folds) {
            if (each.run.contains(shard)) {
                each.fold.offer(leaf, part);
                each.missing--;
                if (each.missing > 0) {
                    return Map.of();
                }
                each.handedOnNanos = nanoClock.getAsLong();
                return each.fold.waiting();
            }
        }
        throw new IllegalArgumentException("shard " + shard + " is not of this process");
    }

    /** The total has arrived: drops the parts, which are no longer needed. */
    void forgetParts() {
        folds.clear();
    }

    /** Whether a run's parts were passed on before a time, and the total has not arrived. */
    boolean isHandedOnBefore(long nanos) {
        return !isThere && folds.stream().anyMatch(each -> each.missing == 0 && each.handedOnNanos - nanos < 0);
    }
}
