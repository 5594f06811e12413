package io.syncbn.worker.nn.norm;

/** 1/(1 + e^−x), with the same bits on every JVM and fast enough for every activation: sums and products alone. */
final class Sigmoid {
    private static final double LOG2_E = 1.4426950408889634;
    /** ln 2 in two parts, the first of which has so few bits that its products are exact. */
    private static final double LN2_HIGH = 0.693147180369123816490;

    private static final double LN2_LOW = 1.90821492927058770002e-10;
    /** Beyond, the result is 0 or 1 in float32. */
    private static final double MOST = 120;

    private Sigmoid() {}

    static double of(double x) {
        return 1 / (1 + exp(-x));
    }

    /** e^x up to about 1e-15 of it: 2^k·e^r, with a polynomial for |r| ≤ ln 2 / 2. */
    static double exp(double x) {
        double limited = Math.max(-MOST, Math.min(MOST, x));
        double k = Math.rint(limited * LOG2_E);
        double r = limited - k * LN2_HIGH - k * LN2_LOW;
        double sum = 1 + r / 12;
        for (int n = 11; n >= 1; n--) {
            sum = 1 + r * sum / n;
        }
        return sum * Double.longBitsToDouble((long) (k + 1023) << 52);
    }
}
