package io.syncbn.worker.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;

/** Random inputs and comparisons for numeric tests. */
public final class Numbers {
    private Numbers() {}

    /** Normal numbers that are exact in float32. */
    public static double[] normal(Random random, int count) {
        return normal(random, count, 0, 1);
    }

    public static double[] normal(Random random, int count, double mean, double deviation) {
        double[] values = new double[count];
        Arrays.setAll(values, i -> (float) (mean + deviation * random.nextGaussian()));
        return values;
    }

    /** Every number is as expected, up to {@code tolerance} times the largest expected one. */
    public static void assertClose(String what, float[] actual, double[] expected, double tolerance) {
        double[] wide = new double[expected.length];
        Arrays.setAll(wide, i -> actual[i]);
        assertClose(what, wide, expected, tolerance);
    }

    public static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
        assertThat(actual.length).as(what).isEqualTo(expected.length);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i]))
                    .as("%s[%d]: %s, expected %s, with numbers up to %s", what, i, actual[i], expected[i], largest)
                    .isLessThanOrEqualTo(tolerance * largest + 1e-30);
        }
    }
}
