package io.syncbn.worker.record;

/** Quantiles of sorted values, defined alike everywhere. */
public final class Quantiles {
    private Quantiles() {}

    /** The mean of the two in the middle where there is no single one. */
    public static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The 99th percentile by nearest rank: the least value that 99 of 100 do not exceed. */
    public static double percentile99(double[] sorted) {
        long rank = (99L * sorted.length + 99) / 100;
        return sorted[(int) rank - 1];
    }
}
