package io.syncbn.proto.tree;

import io.syncbn.proto.v1.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Consecutive shards: the work of one worker, a normalization group, or what a node covers.
 *
 * @param first number of the first one
 * @param count at least 1
 */
public record ShardRun(int first, int count) {

    public ShardRun {
        if (first < 0 || count < 1) {
            throw new IllegalArgumentException("no run of " + count + " shards from " + first);
        }
    }

    /** One run per worker, as equal as possible: the first {@code shards mod workers} are longer by one. */
    public static List<ShardRun> deal(int shards, int workers) {
        List<ShardRun> runs = new ArrayList<>();
        int first = 0;
        for (int worker = 0; worker < workers; worker++) {
            int count = shards / workers + (worker < shards % workers ? 1 : 0);
            runs.add(new ShardRun(first, count));
            first += count;
        }
        return List.copyOf(runs);
    }

    /** Of a worker in a generation: its own run, then its backup run if it has one. */
    public static List<ShardRun> of(Plan plan) {
        ShardRun own = new ShardRun(plan.getFirstShard(), plan.getShardCount());
        return plan.getBackupShardCount() == 0
                ? List.of(own)
                : List.of(own, new ShardRun(plan.getBackupFirstShard(), plan.getBackupShardCount()));
    }

    /** The shard after the last. */
    public int end() {
        return first + count;
    }

    public IntStream shards() {
        return IntStream.range(first, end());
    }

    public boolean contains(int shard) {
        return shard >= first && shard < end();
    }

    public boolean contains(ShardRun other) {
        return other.first >= first && other.end() <= end();
    }

    /** How many shards both contain. */
    public int overlap(ShardRun other) {
        return Math.max(0, Math.min(end(), other.end()) - Math.max(first, other.first));
    }

    @Override
    public String toString() {
        return count == 1 ? "shard " + first : "shards " + first + " to " + (end() - 1);
    }
}
