package io.syncbn.worker.session;

/**
 * How much a worker sends, and how much it can hold.
 *
 * @param gradientBytes of all gradients of a step
 * @param stateBytes of weights, optimizer state and running statistics
 * @param backlogSteps how many steps' sums its memory holds that it has yet to go through
 */
public record Sizes(long gradientBytes, long stateBytes, int backlogSteps) {
    /** Of the heap, for sums of steps in which this worker is behind. */
    private static final int BACKLOG_SHARE = 4;

    /** Of a worker without a model. */
    public static final Sizes NONE = new Sizes(0, 0, 0);

    /** @param heapBytes the most that this process's heap may grow to */
    public static Sizes of(long gradientBytes, long stateBytes, long heapBytes) {
        long steps = heapBytes / BACKLOG_SHARE / Math.max(1, gradientBytes);
        return new Sizes(gradientBytes, stateBytes, (int) Math.max(1, Math.min(Integer.MAX_VALUE, steps)));
    }
}
