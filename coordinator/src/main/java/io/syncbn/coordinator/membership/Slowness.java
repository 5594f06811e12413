package io.syncbn.coordinator.membership;

/**
 * Whether a worker needs a backup.
 *
 * @param times how often it was found to need one
 */
public record Slowness(boolean isSlow, int times) {
    static final Slowness NONE = new Slowness(false, 0);

    /**
     * Steps to keep up before a worker loses its backup, doubled each time: each change costs a generation, and a
     * worker trusted too soon is slow again soon.
     */
    private static final int FEWEST_STEPS = 20;

    private static final int MOST_DOUBLINGS = 6;

    Slowness again() {
        return new Slowness(true, times + 1);
    }

    Slowness over() {
        return new Slowness(false, times);
    }

    /** For how many steps in a row it has to be faster than its backup to count as keeping up. */
    int stepsToBelieve() {
        return FEWEST_STEPS << Math.min(times - 1, MOST_DOUBLINGS);
    }
}
