package io.syncbn.coordinator.membership;

import java.time.Duration;

/**
 * How much a coordinator may hold, how long a state transfer may take, and how far a slow worker may fall behind.
 *
 * @param state time allowed for each {@link #STATE_BYTES} of state, rounded up, that the coordinator relays
 * @param heapBytes the coordinator's heap; data that waits outside of it to be sent to workers may take as much again
 * @param stepsBehind how many steps a worker with a backup may be behind; less if its memory is small
 */
public record Limits(Duration state, long heapBytes, int stepsBehind) {
    private static final long STATE_BYTES = 256L << 20;

    /** What a coordinator needs whatever the model. */
    private static final long BASE_BYTES = 64L << 20;

    /** A worker that nobody waits for may use one part in this many of the memory for data that waits to be sent. */
    private static final long UNTAKEN_SHARE = 8;

    /** How long a state transfer to {@code targets} workers may take. */
    long stateNanos(long stateBytes, int targets) {
        return state.toNanos() * Math.max(1, (stateBytes * targets + STATE_BYTES - 1) / STATE_BYTES);
    }

    /** How much may wait to be sent to a worker that the others do not wait for. */
    public long untakenBytes() {
        return heapBytes / UNTAKEN_SHARE;
    }

    /**
     * Approximate heap that a coordinator needs: the gradients of every second worker may wait for their neighbour's,
     * and the roots being sent come on top.
     */
    static long neededBytes(long gradientBytes, int workers) {
        return BASE_BYTES + gradientBytes * (workers / 2 + 1);
    }
}
