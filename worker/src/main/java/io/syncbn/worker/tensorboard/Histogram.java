package io.syncbn.worker.tensorboard;

import io.syncbn.proto.tensorboard.HistogramProto;
import java.util.Arrays;
import java.util.Optional;

/** How numbers are spread, in buckets of equal width from the least to the greatest. */
final class Histogram {
    /** As many as TensorBoard shows. */
    static final int BUCKETS = 30;

    private Histogram() {}

    /** Of the numbers that are finite; empty without one. */
    static Optional<HistogramProto> of(float[] numbers) {
        double[] finite = new double[numbers.length];
        int count = 0;
        for (float number : numbers) {
            if (Float.isFinite(number)) {
                finite[count++] = number;
            }
        }
        return count == 0 ? Optional.empty() : Optional.of(ofFinite(Arrays.copyOf(finite, count)));
    }

    private static HistogramProto ofFinite(double[] numbers) {
        double least = Arrays.stream(numbers).min().orElseThrow();
        double greatest = Arrays.stream(numbers).max().orElseThrow();
        double[] limits = limits(least, greatest);
        int[] counts = new int[limits.length];
        double sum = 0;
        double squares = 0;
        for (double number : numbers) {
            counts[bucket(limits, number)]++;
            sum += number;
            squares += number * number;
        }
        HistogramProto.Builder histogram = HistogramProto.newBuilder()
                .setMin(least)
                .setMax(greatest)
                .setNum(numbers.length)
                .setSum(sum)
                .setSumSquares(squares);
        for (int i = 0; i < limits.length; i++) {
            histogram.addBucketLimit(limits[i]).addBucket(counts[i]);
        }
        return histogram.build();
    }

    /** Right edges; one alone where all numbers are equal. */
    private static double[] limits(double least, double greatest) {
        if (least == greatest) {
            return new double[] {greatest};
        }
        double[] limits = new double[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            limits[i] = least + (greatest - least) * (i + 1) / BUCKETS;
        }
        limits[BUCKETS - 1] = greatest;
        return limits;
    }

    /** The first whose limit is greater; the last for the greatest number. */
    private static int bucket(double[] limits, double number) {
        int place = Arrays.binarySearch(limits, number);
        return Math.min(place >= 0 ? place + 1 : -place - 1, limits.length - 1);
    }
}
