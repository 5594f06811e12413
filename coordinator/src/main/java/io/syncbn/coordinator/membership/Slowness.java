package io.syncbn.coordinator.membership;

/**
 * Whether a worker's shards are to be computed by another as well.
 *
 * @param times how often it was found to be so slow
 */
public record Slowness(boolean isSlow, int times) {
    static final Slowness NONE = new Slowness(false, 0);

    /** A worker that is believed too soon is slow again soon, and each change costs a generation: twice as long each time. */
    private static final int FEWEST_STEPS = 20;

    private static final int MOST_DOUBLINGS = 6;

    Slowness again() {
        return new Slowness(true, times + 1);
    }

    Slowness over() {
        return new Slowness(false, times);
    }

    /** In how many steps in a row it has to be before its backup, to be believed that it keeps up. */
    int stepsToBelieve() {
        return FEWEST_STEPS << Math.min(times - 1, MOST_DOUBLINGS);
    }
}
