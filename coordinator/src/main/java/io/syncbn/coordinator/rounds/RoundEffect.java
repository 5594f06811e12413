package io.syncbn.coordinator.rounds;

import io.syncbn.proto.wire.DataFrame;
import java.util.List;

/** What follows from a frame. */
public sealed interface RoundEffect {

    /** A sum is complete, or a state is relayed. The same frame, and array, goes to all of these workers. */
    record Send(List<Integer> workers, DataFrame frame) implements RoundEffect {}

    /**
     * All sums of a step are complete, and COMMIT's root is on its way to the workers.
     *
     * @param waitedNanos by worker's number, how long the others waited for it alone
     * @param before the numbers of workers that have a backup and were faster than it
     */
    record Committed(long step, List<Long> waitedNanos, List<Integer> before) implements RoundEffect {}

    /** The frame is of a slow worker's shards, arrived from its backup first, and was added. */
    record BackupWon() implements RoundEffect {}

    /** The frame is a duplicate or stale. It was not added. */
    record Ignored() implements RoundEffect {}

    /**
     * A correct worker never sends such a frame. It was not added.
     *
     * @param workers the workers at fault: the sender, or those that left something out
     */
    record Refused(List<Integer> workers, String reason) implements RoundEffect {}
}
