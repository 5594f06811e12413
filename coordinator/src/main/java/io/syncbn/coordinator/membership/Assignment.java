package io.syncbn.coordinator.membership;

import java.util.List;

/**
 * Who computes what in one generation.
 *
 * @param seats by worker's number; together they hold every shard once, in order
 */
public record Assignment(long generation, List<Seat> seats) {

    /** A worker's name and its shards. */
    public record Seat(String name, ShardRun run) {
        @Override
        public String toString() {
            return name + " (" + run + ")";
        }
    }

    public Assignment {
        seats = List.copyOf(seats);
    }

    public int workers() {
        return seats.size();
    }

    public int shards() {
        return seats.get(seats.size() - 1).run().end();
    }
}
