package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.Finished;
import java.util.Map;
import java.util.Optional;

/**
 * The present or last generation, and how it ends.
 *
 * @param number of the membership; 0 before the first
 * @param assignment who computes what, in the phases that have a generation
 * @param alignStep the step whose state all workers take over, or {@link #NOT_ALIGNED}
 * @param isEnding whether the generation ends with the step being computed
 * @param finished the results of workers that have finished, by name
 * @param keeper name of the worker that is to keep the checkpoint of a stop
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

    /** No generation has begun since this coordinator started; up to this number, some may have before a restart. */
    static CurrentGeneration after(long number) {
        return new CurrentGeneration(number, Optional.empty(), NOT_ALIGNED, false, Map.of(), Optional.empty());
    }
}
