package io.syncbn.worker.optim;

/**
 * The L2 norm of a part of a flat array, in float64. Four running sums instead of one, because each addition waits for the
 * one before it; their order is part of the result.
 */
public final class L2Norm {
    private L2Norm() {}

    /**
     * The norm of some elements.
     *
     * @param from the first
     * @param to behind the last
     */
    static double of(float[] values, int from, int to) {
        return Math.sqrt(squared(values, from, to));
    }

    /** The norm of the means that are {@code sums[i] / examples}. */
    static double ofMean(float[] sums, int from, int to, float examples) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int whole = from + (to - from & ~3);
        for (int i = from; i < whole; i += 4) {
            sum0 += square(sums[i] / examples);
            sum1 += square(sums[i + 1] / examples);
            sum2 += square(sums[i + 2] / examples);
            sum3 += square(sums[i + 3] / examples);
        }
        for (int i = whole; i < to; i++) {
            sum0 += square(sums[i] / examples);
        }
        return Math.sqrt((sum0 + sum1) + (sum2 + sum3));
    }

    /** The square of the norm of all elements. */
    public static double squared(float[] values) {
        return squared(values, 0, values.length);
    }

    /** Without {@link #ofMean}'s divisions, which take longer than the rest. */
    private static double squared(float[] values, int from, int to) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int whole = from + (to - from & ~3);
        for (int i = from; i < whole; i += 4) {
            sum0 += square(values[i]);
            sum1 += square(values[i + 1]);
            sum2 += square(values[i + 2]);
            sum3 += square(values[i + 3]);
        }
        for (int i = whole; i < to; i++) {
            sum0 += square(values[i]);
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    private static double square(double value) {
        return value * value;
    }
}
