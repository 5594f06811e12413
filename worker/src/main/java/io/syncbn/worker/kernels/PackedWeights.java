package io.syncbn.worker.kernels;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Weights of a convolution, or their gradient, as the tiles read them: panels of the result's channels; in a panel taps,
 * in their numbers' order; for each the channels that are summed over; for each of these the panel's channels side by side.
 * Channels beyond the last one are zeros. Taps that meet borders only are left out: in a picture of one pixel that is all but
 * one.
 */
final class PackedWeights {
    /** Channels whose weights, packed and not, stay in a first-level cache while they are copied one by one. */
    private static final int BLOCK = 8;

    private final int in;
    private final int out;
    private final int taps;

    /** Those that meet a pixel. */
    private final int[] met;

    /** Numbers of taps for the gradient by the input. */
    private final int[] gradientNumbers;

    PackedWeights(ConvolutionGeometry geometry) {
        in = geometry.inputChannels();
        out = geometry.outputChannels();
        taps = geometry.kernel() * geometry.kernel();
        met = IntStream.range(0, taps).filter(geometry::isMet).toArray();
        gradientNumbers = PixelClass.gradientTaps(geometry);
    }

    /** Channels, with those that fill up the last block. */
    static int blocks(int channels) {
        return (channels + Tiles.BLOCK - 1) / Tiles.BLOCK * Tiles.BLOCK;
    }

    /** Channels of the panel that begins with some channel: as many blocks as a panel may have and there are. */
    static int width(int first, int blocks) {
        return Math.min(Tiles.PANEL, Integer.highestOneBit(blocks - first));
    }

    /** Weights O × I × K × K, for results of O channels. Taps are numbered as the filter has them. */
    void pack(float[] weights, int offset, float[] packed) {
        int blocks = blocks(out);
        for (int first = 0, width; first < blocks; first += width) {
            width = width(first, blocks);
            int step = in * width;
            int panel = first * in * taps;
            int known = Math.min(width, out - first);
            if (known < width) {
                clear(packed, first, width);
            }
            for (int i0 = 0; i0 < in; i0 += BLOCK) {
                int i1 = Math.min(in, i0 + BLOCK);
                for (int lane = 0; lane < known; lane++) {
                    for (int i = i0; i < i1; i++) {
                        int from = offset + ((first + lane) * in + i) * taps;
                        int to = panel + i * width + lane;
                        for (int tap : met) {
                            packed[to + tap * step] = weights[from + tap];
                        }
                    }
                }
            }
        }
    }

    /** Sets a packed gradient to zero. */
    void clear(float[] packed) {
        int blocks = blocks(out);
        for (int first = 0, width; first < blocks; first += width) {
            width = width(first, blocks);
            clear(packed, first, width);
        }
    }

    private void clear(float[] packed, int first, int width) {
        for (int tap : met) {
            int from = (first * taps + tap * width) * in;
            Arrays.fill(packed, from, from + in * width, 0);
        }
    }

    /** Adds a gradient, packed as {@link #pack} does, to one of O × I × K × K. */
    void addTo(float[] packed, float[] gradients, int offset) {
        int blocks = blocks(out);
        for (int first = 0, width; first < blocks; first += width) {
            width = width(first, blocks);
            int step = in * width;
            int panel = first * in * taps;
            int known = Math.min(width, out - first);
            for (int i0 = 0; i0 < in; i0 += BLOCK) {
                int i1 = Math.min(in, i0 + BLOCK);
                for (int lane = 0; lane < known; lane++) {
                    for (int i = i0; i < i1; i++) {
                        int to = offset + ((first + lane) * in + i) * taps;
                        int from = panel + i * width + lane;
                        for (int tap : met) {
                            gradients[to + tap] += packed[from + tap * step];
                        }
                    }
                }
            }
        }
    }

    /** Weights O × I × K × K, for results of I channels. Taps are numbered as {@link PixelClass#gradientTaps} tells. */
    void packTransposed(float[] weights, int offset, float[] packed) {
        int blocks = blocks(in);
        for (int first = 0, width; first < blocks; first += width) {
            width = width(first, blocks);
            int panel = first * out * taps;
            int known = Math.min(width, in - first);
            for (int o = 0; o < out; o++) {
                for (int tap : met) {
                    int from = offset + (o * in + first) * taps + tap;
                    int to = panel + (gradientNumbers[tap] * out + o) * width;
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
