package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.Finished;
import java.util.Map;
import java.util.Optional;

/**
 * The present generation, or the last one, and how it ends.
 *
 * @param number of the membership; 0 before the first
 * @param assignment who computes what, in the phases that have a generation
 * @param alignStep the step whose state all are to take over, or {@link #NOT_ALIGNED}
 * @param isEnding whether it ends with the step being computed
 * @param finished what those that have finished ended with, by name
 * @param keeper who is to keep the checkpoint of a stop, by name
 */
public record CurrentGeneration(
        long number,
        Optional<Assignment> assignment,
        long alignStep,
        boolean isEnding,
        Map<String, Finished> finished,
        Optional<String> keeper) {

    static final long NOT_ALIGNED = -1;

    public CurrentGeneration {
        finished = Map.copyOf(finished);
    }

    /** None has begun here yet; others may have, up to this number, before a restart. */
    static CurrentGeneration after(long number) {
        return new CurrentGeneration(number, Optional.empty(), NOT_ALIGNED, false, Map.of(), Optional.empty());
    }
}
