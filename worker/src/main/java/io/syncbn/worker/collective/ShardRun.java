package io.syncbn.worker.collective;

import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.v1.Plan;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Consecutive shards that a worker computes: its own, or, in a backup run, those of another worker as well.
 *
 * @param first number of the first one
 * @param count at least 1
 */
public record ShardRun(int first, int count) {

    /** Of a worker in a generation: its own run, then its backup run if it has one. */
    public static List<ShardRun> of(Plan plan) {
        ShardRun own = new ShardRun(plan.getFirstShard(), plan.getShardCount());
        return plan.getBackupShardCount() == 0
                ? List.of(own)
                : List.of(own, new ShardRun(plan.getBackupFirstShard(), plan.getBackupShardCount()));
    }

    public IntStream shards() {
        return IntStream.range(first, first + count);
    }

    boolean has(int shard) {
        return shard >= first && shard < first + count;
    }

    /** How many of a group's shards are in this run. */
    int countIn(Grouping grouping, int group) {
        int from = Math.max(first, grouping.firstShardOf(group));
        int end = Math.min(first + count, grouping.firstShardOf(group) + grouping.sizeOf(group));
        return Math.max(0, end - from);
    }

    @Override
    public String toString() {
        return "shards " + first + " to " + (first + count - 1);
    }
}
