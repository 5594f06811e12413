package io.syncbn.coordinator.membership;

import java.util.concurrent.TimeUnit;

/**
 * How much a coordinator may hold, and how long a state may take to come over.
 *
 * @param stateNanos for every {@link #STATE_BYTES} of it, begun, that the coordinator hands on
 * @param heapBytes of the coordinator; what waits outside of it for workers to take it may be as much
 */
public record Limits(long stateNanos, long heapBytes) {
    private static final long STATE_BYTES = 256L << 20;

    /** What a coordinator needs whatever its model. */
    private static final long BASE_BYTES = 64L << 20;

    /** Of the memory for what waits to be sent, for one worker that nobody waits for. */
    private static final long UNTAKEN_SHARE = 8;

    /** A minute, and no bound on memory. */
    public static final Limits DEFAULT = new Limits(TimeUnit.SECONDS.toNanos(60), Long.MAX_VALUE);

    /** For how long a state may be on its way. */
    long stateNanos(long stateBytes, int targets) {
        return stateNanos * Math.max(1, (stateBytes * targets + STATE_BYTES - 1) / STATE_BYTES);
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
