package io.syncbn.worker.record;

import java.util.Arrays;

/** Durations of the steps so far, for medians and percentiles. Not thread-safe. */
final class StepTimes {
    private double[] millis = new double[1024];
    private int count;
    private double total;

    void add(double stepMillis) {
        if (count == millis.length) {
            millis = Arrays.copyOf(millis, 2 * count);
        }
        millis[count++] = stepMillis;
        total += stepMillis;
    }

    /** Sum of all, in milliseconds. */
    double total() {
        return total;
    }

    /** 0 without steps. */
    double median() {
        return count == 0 ? 0 : Quantiles.median(sorted());
    }

    /** 0 without steps. */
    double percentile99() {
        return count == 0 ? 0 : Quantiles.percentile99(sorted());
    }

    private double[] sorted() {
        double[] sorted = Arrays.copyOf(millis, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
