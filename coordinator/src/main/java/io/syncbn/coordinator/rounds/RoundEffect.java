package io.syncbn.coordinator.rounds;

import io.syncbn.proto.wire.DataFrame;
import java.util.List;

/** What follows from a frame. */
public sealed interface RoundEffect {

    /** A sum is complete, or a state is handed on. The same frame, and array, goes to all of these workers. */
    record Send(List<Integer> workers, DataFrame frame) implements RoundEffect {}

    /**
     * All sums of a step are complete, and COMMIT's root is on its way to the workers.
     *
     * @param waitedNanos by worker's number, for how long the others waited for it alone
     * @param before the numbers of those workers that have a backup and were before it
     */
    record Committed(long step, List<Long> waitedNanos, List<Integer> before) implements RoundEffect {}

    /** The frame is of a slow worker's shards, came from its backup first, and was added. */
    record BackupWon() implements RoundEffect {}

    /** The frame has come before, or belongs to what is over. It was not added. */
    record Ignored() implements RoundEffect {}

    /**
     * No worker sends such a frame that is right. It was not added.
     *
     * @param workers those who are wrong: the sender, or those who left something out
     */
    record Refused(List<Integer> workers, String reason) implements RoundEffect {}
}
