package io.syncbn.proto.tree;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Who computes what in one generation.
 *
 * @param seats by worker's number; their own runs together cover every shard once, in order
 */
public record Assignment(long generation, List<Seat> seats) {

    /**
     * A worker's name and its shards.
     *
     * @param run its own
     * @param backupRun the run of a slow worker that this one computes as well, as that one's backup
     */
    public record Seat(String name, ShardRun run, Optional<ShardRun> backupRun) {

        public Seat(String name, ShardRun run) {
            this(name, run, Optional.empty());
        }

        @Override
        public String toString() {
            return name + " (" + run
                    + backupRun.map(other -> ", backup of " + other).orElse("") + ")";
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

    /** The number of this worker's backup: the one that computes its run as well. */
    public Optional<Integer> backupOf(int owner) {
        Optional<ShardRun> run = Optional.of(seats.get(owner).run());
        return IntStream.range(0, workers())
                .filter(worker -> seats.get(worker).backupRun().equals(run))
                .boxed()
                .findFirst();
    }

    /** The numbers of the workers that have a backup. */
    public BitSet backedUp() {
        BitSet backedUp = new BitSet();
        IntStream.range(0, workers())
                .filter(worker -> backupOf(worker).isPresent())
                .forEach(backedUp::set);
        return backedUp;
    }

    /** The name of the backup of the worker of this name. */
    public Optional<String> backupOf(String owner) {
        return IntStream.range(0, workers())
                .filter(worker -> seats.get(worker).name().equals(owner))
                .boxed()
                .findFirst()
                .flatMap(this::backupOf)
                .map(backup -> seats.get(backup).name());
    }

    public boolean hasBackups() {
        return seats.stream().anyMatch(seat -> seat.backupRun().isPresent());
    }
}
