package io.syncbn.deploy.bench;

import java.util.Arrays;
import java.util.Collection;

/**
 * Measured values, in order of size; not empty.
 *
 * @param sorted belongs to this record
 */
record Samples(double[] sorted) {

    Samples {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("there is no value to take a median of");
        }
        Arrays.sort(sorted);
    }

    static Samples of(Collection<Double> values) {
        return new Samples(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    double least() {
        return sorted[0];
    }

    /** The mean of the two in the middle where there is no single one. */
    double median() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The 99th percentile, by nearest rank: the largest of fewer than 100 values. */
    double percentile99() {
        return sorted[(int) (sorted.length * 0.99)];
    }
}
