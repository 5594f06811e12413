package io.syncbn.worker.nn.weights;

import java.util.List;

/**
 * Weights as a matrix: a row for each output, called its filter.
 *
 * @param outputs rows
 * @param length numbers in each
 */
record Filters(int outputs, int length) {

    /** @param dimensions outputs first */
    static Filters of(List<Integer> dimensions) {
        int size = dimensions.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
        return new Filters(dimensions.get(0), size / dimensions.get(0));
    }

    int size() {
        return outputs * length;
    }

    /** Σ a of one filter. Four running sums, because each addition waits for the one before it; their order is fixed. */
    double sum(float[] a, int offset) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int whole = length & ~3;
        for (int i = offset; i < offset + whole; i += 4) {
            sum0 += a[i];
            sum1 += a[i + 1];
            sum2 += a[i + 2];
            sum3 += a[i + 3];
        }
        for (int i = offset + whole; i < offset + length; i++) {
            sum0 += a[i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /** Σ a·b of one filter, likewise. */
    double dot(float[] a, int offsetA, float[] b, int offsetB) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int whole = length & ~3;
        for (int i = 0; i < whole; i += 4) {
            sum0 += (double) a[offsetA + i] * b[offsetB + i];
            sum1 += (double) a[offsetA + i + 1] * b[offsetB + i + 1];
            sum2 += (double) a[offsetA + i + 2] * b[offsetB + i + 2];
            sum3 += (double) a[offsetA + i + 3] * b[offsetB + i + 3];
        }
        for (int i = whole; i < length; i++) {
            sum0 += (double) a[offsetA + i] * b[offsetB + i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }
}
