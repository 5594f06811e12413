package io.syncbn.worker.train;

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

    /** The nearest-rank quantile; 0 without steps. */
    double quantile(double fraction) {
        if (count == 0) {
            return 0;
        }
        double[] sorted = Arrays.copyOf(millis, count);
        Arrays.sort(sorted);
        return sorted[Math.min(count - 1, (int) (fraction * count))];
    }
}
