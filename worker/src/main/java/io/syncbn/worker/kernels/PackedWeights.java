package io.syncbn.worker.kernels;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Panels of a convolution's weights, or of their gradient, as the tiles read them: taps, in their numbers' order; for each the
 * channels that are summed over; for each of these the panel's channels of the result side by side. Channels beyond the last one
 * are zeros. Taps that meet borders only are left out: in a picture of one pixel that is all but one.
 *
 * <p>There is one panel at a time, which stays in a second-level cache from its packing to its use.
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
    static int width(int first, int channels) {
        return Math.min(Tiles.PANEL, Integer.highestOneBit(blocks(channels) - first));
    }

    /** Numbers of the largest panel. */
    int most() {
        return taps * Math.max(in * width(0, out), out * width(0, in));
    }

    /** A panel of O × I × K × K, for results of O channels. Taps are numbered as the filter has them. */
    void pack(float[] weights, int offset, int first, float[] packed) {
        int width = width(first, out);
        int step = in * width;
        int known = Math.min(width, out - first);
        if (known < width) {
            clear(packed, first);
        }
        for (int i0 = 0; i0 < in; i0 += BLOCK) {
            int i1 = Math.min(in, i0 + BLOCK);
            for (int lane = 0; lane < known; lane++) {
                for (int i = i0; i < i1; i++) {
                    int from = offset + ((first + lane) * in + i) * taps;
                    int to = i * width + lane;
                    for (int tap : met) {
                        packed[to + tap * step] = weights[from + tap];
                    }
                }
            }
        }
    }

    /** Sets a panel of the gradient to zero. */
    void clear(float[] packed, int first) {
        int step = in * width(first, out);
        for (int tap : met) {
            Arrays.fill(packed, tap * step, (tap + 1) * step, 0);
        }
    }

    /** Copies a panel of the gradient, packed as {@link #pack} does, to its place in one of O × I × K × K. */
    void unpack(float[] packed, int first, float[] gradients, int offset) {
        int width = width(first, out);
        int step = in * width;
        int known = Math.min(width, out - first);
        if (met.length < taps) {
            Arrays.fill(gradients, offset + first * in * taps, offset + (first + known) * in * taps, 0);
        }
        for (int i0 = 0; i0 < in; i0 += BLOCK) {
            int i1 = Math.min(in, i0 + BLOCK);
            for (int lane = 0; lane < known; lane++) {
                for (int i = i0; i < i1; i++) {
                    int to = offset + ((first + lane) * in + i) * taps;
                    int from = i * width + lane;
                    for (int tap : met) {
                        gradients[to + tap] = packed[from + tap * step];
                    }
                }
            }
        }
    }

    /** A panel of O × I × K × K, for results of I channels. Taps are numbered as {@link PixelClass#gradientTaps} tells. */
    void packTransposed(float[] weights, int offset, int first, float[] packed) {
        int width = width(first, in);
        int known = Math.min(width, in - first);
        for (int o = 0; o < out; o++) {
            for (int tap : met) {
                int from = offset + (o * in + first) * taps + tap;
                int to = (gradientNumbers[tap] * out + o) * width;
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
