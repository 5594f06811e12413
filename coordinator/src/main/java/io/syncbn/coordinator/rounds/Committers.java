package io.syncbn.coordinator.rounds;

import io.syncbn.proto.tree.Assignment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** Who sent COMMIT for each worker's shards, their owner or its backup, and so is done with them in this step. */
final class Committers {
    private static final int NOBODY = -1;

    private final BitSet backedUp;
    /** By owner: who sent the first of COMMIT's parts for its shards; {@link #NOBODY} before that. */
    private final int[] committers;

    Committers(Assignment assignment) {
        backedUp = assignment.backedUp();
        committers = new int[assignment.workers()];
        Arrays.fill(committers, NOBODY);
    }

    void sent(int owner, int worker) {
        if (committers[owner] == NOBODY) {
            committers[owner] = worker;
        }
    }

    /** Who sent COMMIT for these owners' shards; all of it must have been sent. */
    List<Integer> of(List<Integer> owners) {
        return owners.stream().map(owner -> committers[owner]).toList();
    }

    /** The workers that have a backup and were faster than it. */
    List<Integer> beforeTheirBackups() {
        return IntStream.range(0, committers.length)
                .filter(worker -> backedUp.get(worker) && committers[worker] == worker)
                .boxed()
                .toList();
    }

    void nextStep() {
        Arrays.fill(committers, NOBODY);
    }
}
