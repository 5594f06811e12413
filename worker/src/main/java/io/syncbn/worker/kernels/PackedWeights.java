package io.syncbn.worker.kernels;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Panels of a convolution's weights that the tiles cannot read where they stand: the last one if its outputs fill no blocks, and
 * those for the gradient by the input, whose sums are over outputs and whose results are inputs.
 *
 * <p>There is one such panel at a time, which stays in a second-level cache from its packing to its use. Taps that meet borders
 * only are left out of it: in a picture of one pixel that is all but one.
 */
final class PackedWeights {
    /** Inputs that are transposed at a time: what is written meanwhile, whole cache lines, stays in a first-level cache. */
    private static final int ROWS = 16;

    private final WeightOrder order;
    private final int in;
    private final int out;

    /** Taps that meet a pixel. */
    private final int[] met;

    /** Numbers of taps for the gradient by the input. */
    private final int[] gradientNumbers;

    PackedWeights(ConvolutionGeometry geometry) {
        order = WeightOrder.of(geometry);
        in = order.inputs();
        out = order.outputs();
        met = IntStream.range(0, order.taps()).filter(geometry::isMet).toArray();
        gradientNumbers = PixelClass.gradientTaps(geometry);
    }

    /** Numbers of the largest panel. */
    int most() {
        return order.taps() * Math.max(in * WeightOrder.wholePanel(0, out), out * WeightOrder.wholePanel(0, in));
    }

    /** Copies the last panel; zeros fill it up. */
    void fillUp(float[] weights, int offset, int first, float[] packed) {
        int panel = out - first;
        int whole = WeightOrder.wholePanel(first, out);
        for (int tap : met) {
            for (int row = tap * in; row < (tap + 1) * in; row++) {
                int to = row * whole;
                System.arraycopy(weights, offset + order.panelAt(first) + row * panel, packed, to, panel);
                Arrays.fill(packed, to + panel, to + whole, 0);
            }
        }
    }

    /** Copies the last panel of a gradient to its place. */
    void takeFrom(float[] packed, int first, float[] gradients, int offset) {
        int panel = out - first;
        int whole = WeightOrder.wholePanel(first, out);
        for (int row = 0; row < order.taps() * in; row++) {
            System.arraycopy(packed, row * whole, gradients, offset + order.panelAt(first) + row * panel, panel);
        }
    }

    /**
     * A panel of inputs: for each tap and each output, inputs side by side. Taps are numbered as {@link PixelClass#gradientTaps}
     * tells; zeros fill up the last panel.
     */
    void transpose(float[] weights, int offset, int first, float[] packed) {
        int whole = WeightOrder.wholePanel(first, in);
        int known = WeightOrder.panel(first, in);
        for (int o = 0, panel; o < out; o += panel) {
            panel = WeightOrder.panel(o, out);
            for (int tap : met) {
                int from = offset + order.panelAt(o) + (tap * in + first) * panel;
                int to = (gradientNumbers[tap] * out + o) * whole;
                for (int lane = 0; lane < known; lane += ROWS) {
                    transposeRows(
                            weights,
                            from + lane * panel,
                            panel,
                            packed,
                            to + lane,
                            whole,
                            Math.min(ROWS, known - lane));
                }
                for (int row = 0; known < whole && row < panel; row++) {
                    Arrays.fill(packed, to + row * whole + known, to + (row + 1) * whole, 0);
                }
            }
        }
    }

    /** The rows' columns become rows. */
    private static void transposeRows(
            float[] from, int fromAt, int columns, float[] to, int toAt, int pitch, int rows) {
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                to[toAt + column * pitch + row] = from[fromAt + row * columns + column];
            }
        }
    }
}
