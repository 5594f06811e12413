package io.syncbn.coordinator.rounds;

import io.syncbn.proto.wire.DataFrame;
import java.util.List;

/** What follows from a frame. */
public sealed interface RoundEffect {

    /** A sum is complete. The same frame, and array, goes to all of these workers. */
    record SendRoot(List<Integer> workers, DataFrame root) implements RoundEffect {}

    /** All sums of a step are complete. COMMIT's root, which tells the workers, comes right after this. */
    record Committed(long step) implements RoundEffect {}

    /** The frame was not added, and why. */
    record Refused(String reason) implements RoundEffect {}
}
