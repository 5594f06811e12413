package io.syncbn.worker.kernels;

import java.util.Arrays;

/**
 * Weights of a convolution, or their gradient, as the tiles read them: panels of the result's channels; in a panel taps,
 * in their numbers' order; for each the channels that are summed over; for each of these the panel's channels side by side.
 * Channels beyond the last one are zeros.
 */
final class PackedWeights {
    /** Rows of a panel that stay in a first-level cache while their columns are written one by one. */
    private static final int ROWS = 64;

    private PackedWeights() {}

    /** Channels, with those that fill up the last block. */
    static int blocks(int channels) {
        return (channels + Tiles.BLOCK - 1) / Tiles.BLOCK * Tiles.BLOCK;
    }

    /** Channels of the panel that begins with some channel: as many blocks as a panel may have and there are. */
    static int width(int first, int blocks) {
        return Math.min(Tiles.PANEL, Integer.highestOneBit(blocks - first));
    }

    /** Weights O × I × K × K, for results of O channels. Taps are numbered as the filter has them. */
    static void pack(ConvolutionGeometry g, float[] weights, int offset, float[] packed) {
        int taps = g.kernel() * g.kernel();
        int in = g.inputChannels();
        int blocks = blocks(g.outputChannels());
        for (int first = 0, width; first < blocks; first += width) {
            width = width(first, blocks);
            int panel = first * in * taps;
            int known = Math.min(width, g.outputChannels() - first);
            if (known < width) {
                Arrays.fill(packed, panel, panel + in * taps * width, 0);
            }
            for (int i0 = 0; i0 < in; i0 += ROWS) {
                int i1 = Math.min(in, i0 + ROWS);
                for (int tap = 0; tap < taps; tap++) {
                    for (int lane = 0; lane < known; lane++) {
                        int from = offset + (first + lane) * in * taps + tap;
                        int to = panel + tap * in * width + lane;
                        for (int i = i0; i < i1; i++) {
                            packed[to + i * width] = weights[from + i * taps];
                        }
                    }
                }
            }
        }
    }

    /** Adds a gradient, packed as {@link #pack} does, to one of O × I × K × K. */
    static void addTo(ConvolutionGeometry g, float[] packed, float[] gradients, int offset) {
        int taps = g.kernel() * g.kernel();
        int in = g.inputChannels();
        int blocks = blocks(g.outputChannels());
        for (int first = 0, width; first < blocks; first += width) {
            width = width(first, blocks);
            int panel = first * in * taps;
            int known = Math.min(width, g.outputChannels() - first);
            for (int i0 = 0; i0 < in; i0 += ROWS) {
                int i1 = Math.min(in, i0 + ROWS);
                for (int tap = 0; tap < taps; tap++) {
                    for (int lane = 0; lane < known; lane++) {
                        int to = offset + (first + lane) * in * taps + tap;
                        int from = panel + tap * in * width + lane;
                        for (int i = i0; i < i1; i++) {
                            gradients[to + i * taps] += packed[from + i * width];
                        }
                    }
                }
            }
        }
    }

    /** Weights O × I × K × K, for results of I channels. Taps are numbered as {@link PixelClass#gradientTaps} tells. */
    static void packTransposed(ConvolutionGeometry g, float[] weights, int offset, float[] packed) {
        int[] numbers = PixelClass.gradientTaps(g);
        int taps = numbers.length;
        int in = g.inputChannels();
        int out = g.outputChannels();
        int blocks = blocks(in);
        for (int first = 0, width; first < blocks; first += width) {
            width = width(first, blocks);
            int panel = first * out * taps;
            int known = Math.min(width, in - first);
            for (int o = 0; o < out; o++) {
                for (int tap = 0; tap < taps; tap++) {
                    int from = offset + (o * in + first) * taps + tap;
                    int to = panel + (numbers[tap] * out + o) * width;
                    for (int lane = 0; lane < known; lane++) {
                        packed[to + lane] = weights[from + lane * taps];
                    }
                    for (int lane = known; lane < width; lane++) {
                        packed[to + lane] = 0;
                    }
                }
            }
        }
    }
}
