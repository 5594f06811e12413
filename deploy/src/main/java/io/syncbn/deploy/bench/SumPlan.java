package io.syncbn.deploy.bench;

/**
 * How often a vector is summed: large ones less often, in proportion to their sizes, so that all sizes take their share of
 * the time. Warming up counts rounds and not seconds, because that is what the JVM's compilers count, and so that all
 * processes agree on it.
 *
 * @param leftOut rounds before those that are measured, while the JVMs compile their loops
 * @param rounds that are measured
 */
record SumPlan(int leftOut, int rounds) {
    private static final int LEFT_OUT_TIMES = 4;
    private static final long FULL_ROUNDS_FLOATS = 40_000;
    private static final long LEAST_ROUNDS = 50;

    /** Beyond this size fewer rounds warm up: a large vector goes in many frames, so that each is many rounds to the JVM. */
    private static final long FULL_LEFT_OUT_FLOATS = 270_000;

    /** @param most rounds to be measured of a small vector */
    static SumPlan of(int floats, int most) {
        int rounds = (int) Math.min(most, Math.max(LEAST_ROUNDS, most * FULL_ROUNDS_FLOATS / floats));
        long leftOut = Math.max(LEFT_OUT_TIMES * rounds, most * FULL_LEFT_OUT_FLOATS / floats);
        return new SumPlan((int) Math.min(LEFT_OUT_TIMES * most, leftOut), rounds);
    }
}
