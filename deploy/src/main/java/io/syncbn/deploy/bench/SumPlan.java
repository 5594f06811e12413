package io.syncbn.deploy.bench;

/**
 * How often a vector is summed: large ones less often, in proportion to their sizes, so that all sizes take their share of
 * the time.
 *
 * @param leftOut rounds before those that are measured, while the JVMs compile their loops
 * @param rounds that are measured
 */
record SumPlan(int leftOut, int rounds) {
    private static final int LEFT_OUT_TIMES = 4;
    private static final long FULL_ROUNDS_FLOATS = 20_000;
    private static final long LEAST_ROUNDS = 30;

    /** @param most rounds to be measured of a small vector */
    static SumPlan of(int floats, int most) {
        long fitting = Math.max(LEAST_ROUNDS, most * FULL_ROUNDS_FLOATS / floats);
        int rounds = (int) Math.min(most, fitting);
        return new SumPlan(LEFT_OUT_TIMES * rounds, rounds);
    }

    int all() {
        return leftOut + rounds;
    }
}
