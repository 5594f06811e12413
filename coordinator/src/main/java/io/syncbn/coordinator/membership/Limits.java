package io.syncbn.coordinator.membership;

import java.time.Duration;

/**
 * How much a coordinator may hold, how long a state may take to come over, and how far a slow worker may fall behind.
 *
 * @param state how long it may take for every {@link #STATE_BYTES} of it, begun, that the coordinator hands on
 * @param heapBytes of the coordinator; what waits outside of it for workers to take it may be as much
 * @param stepsBehind of a worker that has a backup; less if its memory is small
 */
public record Limits(Duration state, long heapBytes, int stepsBehind) {
    private static final long STATE_BYTES = 256L << 20;

    /** What a coordinator needs whatever its model. */
    private static final long BASE_BYTES = 64L << 20;

    /** Of the memory for what waits to be sent, for one worker that nobody waits for. */
    private static final long UNTAKEN_SHARE = 8;

    /** For how long a state may be on its way. */
    long stateNanos(long stateBytes, int targets) {
        return state.toNanos() * Math.max(1, (stateBytes * targets + STATE_BYTES - 1) / STATE_BYTES);
    }

    /** How much may wait to be sent to a worker that the others do not wait for. */
    public long untakenBytes() {
        return heapBytes / UNTAKEN_SHARE;
    }

    /**
     * About how much heap a coordinator needs: of a step's gradients, the nodes of every other worker may wait for those of
     * its neighbour, and their roots on their way out come on top.
     */
    static long neededBytes(long gradientBytes, int workers) {
        return BASE_BYTES + gradientBytes * (workers / 2 + 1);
    }
}
