package io.syncbn.worker.nn;

import io.syncbn.worker.kernels.WeightOrder;

/**
 * A parameter as a matrix: a row for each output, called its filter.
 *
 * @param outputs rows
 * @param length numbers in each
 * @param areInPanels whether they stand in {@link WeightOrder}; else one filter follows another
 */
public record Filters(int outputs, int length, boolean areInPanels) {

    /** Numbers of some filters that stand side by side: one of each. */
    @FunctionalInterface
    public interface Run {
        /**
         * Called for each run.
         *
         * @param first output
         * @param count of outputs
         * @param at where the first one's number stands, from the parameter's beginning
         */
        void visit(int first, int count, int at);
    }

    /** Filters of the weights of a convolution or a dense layer. */
    static Filters of(WeightOrder order) {
        return new Filters(order.outputs(), order.inputs() * order.taps(), true);
    }

    /** Filters that follow one another. */
    static Filters ofRows(int outputs, int size) {
        return new Filters(outputs, size / outputs, false);
    }

    public int size() {
        return outputs * length;
    }

    /** Visits all numbers; those of a filter in an order that depends on nothing but the parameter's dimensions. */
    public void forEachRun(Run run) {
        for (int first = 0, count; first < outputs; first += count) {
            count = areInPanels ? WeightOrder.panel(first, outputs) : 1;
            for (int i = 0; i < length; i++) {
                run.visit(first, count, first * length + i * count);
            }
        }
    }

    /** Σ a of each filter, in float64. */
    public double[] sums(float[] a, int offset) {
        double[] sums = new double[outputs];
        forEachRun((first, count, at) -> {
            for (int lane = 0; lane < count; lane++) {
                sums[first + lane] += a[offset + at + lane];
            }
        });
        return sums;
    }

    /** Σ a·b of each filter, in float64. */
    public double[] dots(float[] a, int offsetA, float[] b, int offsetB) {
        double[] sums = new double[outputs];
        forEachRun((first, count, at) -> {
            for (int lane = 0; lane < count; lane++) {
                sums[first + lane] += (double) a[offsetA + at + lane] * b[offsetB + at + lane];
            }
        });
        return sums;
    }
}
