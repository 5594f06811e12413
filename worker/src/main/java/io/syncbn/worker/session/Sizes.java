package io.syncbn.worker.session;

/**
 * How much a worker sends, and how much it can hold.
 *
 * @param gradientBytes of all gradients of a step
 * @param stateBytes of weights, optimizer state and running statistics
 * @param backlogSteps how many steps' sums its memory can queue when it falls behind
 */
public record Sizes(long gradientBytes, long stateBytes, int backlogSteps) {
    /** Sums of steps by which this worker is behind may take one part in this many of the heap. */
    private static final int BACKLOG_SHARE = 4;

    /** For a worker without a model. */
    public static final Sizes NONE = new Sizes(0, 0, 0);

    /** @param heapBytes the largest size of this process's heap */
    public static Sizes of(long gradientBytes, long stateBytes, long heapBytes) {
        long steps = heapBytes / BACKLOG_SHARE / Math.max(1, gradientBytes);
        return new Sizes(gradientBytes, stateBytes, (int) Math.max(1, Math.min(Integer.MAX_VALUE, steps)));
    }
}
