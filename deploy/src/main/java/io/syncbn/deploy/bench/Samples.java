package io.syncbn.deploy.bench;

import io.syncbn.worker.record.Quantiles;
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

    double median() {
        return Quantiles.median(sorted);
    }

    double percentile99() {
        return Quantiles.percentile99(sorted);
    }
}
