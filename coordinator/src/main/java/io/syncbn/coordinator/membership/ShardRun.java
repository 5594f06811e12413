package io.syncbn.coordinator.membership;

import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive shards, the work of one worker.
 *
 * @param count at least 1
 */
public record ShardRun(int first, int count) {

    public ShardRun {
        if (first < 0 || count < 1) {
            throw new IllegalArgumentException("no run of " + count + " shards from " + first);
        }
    }

    /** One run a worker, as equal as can be: the first {@code shards mod workers} are longer by one. */
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

    /** The shard after the last. */
    public int end() {
        return first + count;
    }

    @Override
    public String toString() {
        return count == 1 ? "shard " + first : "shards " + first + " to " + (end() - 1);
    }
}
