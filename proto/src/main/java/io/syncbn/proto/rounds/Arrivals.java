package io.syncbn.proto.rounds;

import java.util.List;
import java.util.stream.IntStream;

/** Which workers' own parts of a sum have arrived, whoever sent them, and when. */
public final class Arrivals {
    private final int[] leaves;
    private final int[] missing;
    private final long openedNanos;
    private long previousNanos;
    private long lastNanos;

    /** @param leaves how many leaves of the tree each worker owns; not modified */
    Arrivals(int[] leaves, long openedNanos) {
        this.leaves = leaves;
        this.missing = leaves.clone();
        this.openedNanos = openedNanos;
        this.lastNanos = openedNanos;
    }

    /** @param owner the worker that owns the leaves */
    void came(int owner, int leavesThatCame, long nowNanos) {
        missing[owner] -= leavesThatCame;
        if (missing[owner] == 0) {
            previousNanos = lastNanos;
            lastNanos = nowNanos;
        }
    }

    /** When the first part arrived. */
    public long openedNanos() {
        return openedNanos;
    }

    /** When the last worker but one was complete, or else when the first part arrived. */
    public long previousNanos() {
        return previousNanos;
    }

    /** Whether all of a worker's own leaves have arrived. */
    public boolean isComplete(int worker) {
        return leaves[worker] > 0 && missing[worker] == 0;
    }

    /** Whether more than one worker takes part in the sum. */
    public boolean isShared() {
        return IntStream.of(leaves).filter(count -> count > 0).count() > 1;
    }

    /** The workers whose own leaves have not all arrived. */
    public List<Integer> missing() {
        return IntStream.range(0, missing.length)
                .filter(worker -> missing[worker] > 0)
                .boxed()
                .toList();
    }
}
