package io.syncbn.worker.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles on the JDK's Vector API: a lane is an output channel, so that the width of vectors cannot show. An accumulator is a
 * local variable, and a method has one loop: HotSpot keeps accumulators in registers through one level of loop only. A
 * JVM uses one width, that of the processor's largest vectors: code for two of them makes both slow.
 */
final class VectorTiles implements Tiles {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();

    /** Whether there are 32 registers of 16 lanes; otherwise there may be 16 registers, and two vectors fill a block. */
    private static final boolean IS_WIDE = LANES == BLOCK;

    @Override
    public void taps(
            float[] x,
            Pixels pixels,
            int tap,
            int count,
            float[] w,
            int wAt,
            int pitch,
            float[] y,
            int channels,
            boolean first) {
        int pair = 2 * LANES;
        int c = 0;
        for (; c + pair <= channels; c += pair) {
            for (int p = 0; p < pixels.count(); p += IS_WIDE ? 12 : 6) {
                if (IS_WIDE) {
                    taps12x2(x, pixels, p, tap, count, w, wAt + c, pitch, y, c, first);
                } else {
                    taps6x2(x, pixels, p, tap, count, w, wAt + c, pitch, y, c, first);
                }
            }
        }
        if (c < channels) {
            for (int p = 0; p < pixels.count(); p += 12) {
                taps12x1(x, pixels, p, tap, count, w, wAt + c, pitch, y, c, first);
            }
        }
    }

    @Override
    public void outer(
            float[] x,
            int xAt,
            int[] xs,
            float[] dy,
            int[] dys,
            int from,
            int to,
            float[] g,
            int gAt,
            int inputs,
            int channels) {
        int pair = 2 * LANES;
        int rows = IS_WIDE ? 8 : 4;
        for (int c = 0; c < channels; c += pair) {
            boolean isPair = c + pair <= channels;
            int i = 0;
            for (; i + (isPair ? rows : 8) <= inputs; i += isPair ? rows : 8) {
                int at = gAt + i * channels + c;
                if (!isPair) {
                    outer8x1(x, xAt + i, xs, dy, c, dys, from, to, g, at, channels);
                } else if (IS_WIDE) {
                    outer8x2(x, xAt + i, xs, dy, c, dys, from, to, g, at, channels);
                } else {
                    outer4x2(x, xAt + i, xs, dy, c, dys, from, to, g, at, channels);
                }
            }
            for (; i < inputs; i++) {
                int at = gAt + i * channels + c;
                if (isPair) {
                    outer1x2(x, xAt + i, xs, dy, c, dys, from, to, g, at, channels);
                } else {
                    outer1x1(x, xAt + i, xs, dy, c, dys, from, to, g, at, channels);
                }
            }
        }
    }

    /** 12 pixels, 2 vectors of channels. */
    private static void taps12x2(
            float[] x,
            Pixels pixels,
            int group,
            int tap,
            int count,
            float[] w,
            int wAt,
            int pitch,
            float[] y,
            int yAt,
            boolean first) {
        int[] sources = pixels.sources();
        int[] targets = pixels.targets();
        int x0 = sources[group] + tap;
        int x1 = sources[group + 1] + tap;
        int x2 = sources[group + 2] + tap;
        int x3 = sources[group + 3] + tap;
        int x4 = sources[group + 4] + tap;
        int x5 = sources[group + 5] + tap;
        int x6 = sources[group + 6] + tap;
        int x7 = sources[group + 7] + tap;
        int x8 = sources[group + 8] + tap;
        int x9 = sources[group + 9] + tap;
        int x10 = sources[group + 10] + tap;
        int x11 = sources[group + 11] + tap;
        int y0 = targets[group] + yAt;
        int y1 = targets[group + 1] + yAt;
        int y2 = targets[group + 2] + yAt;
        int y3 = targets[group + 3] + yAt;
        int y4 = targets[group + 4] + yAt;
        int y5 = targets[group + 5] + yAt;
        int y6 = targets[group + 6] + yAt;
        int y7 = targets[group + 7] + yAt;
        int y8 = targets[group + 8] + yAt;
        int y9 = targets[group + 9] + yAt;
        int y10 = targets[group + 10] + yAt;
        int y11 = targets[group + 11] + yAt;
        FloatVector a0a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0);
        FloatVector a0b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0 + LANES);
        FloatVector a1a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1);
        FloatVector a1b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1 + LANES);
        FloatVector a2a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2);
        FloatVector a2b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2 + LANES);
        FloatVector a3a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3);
        FloatVector a3b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3 + LANES);
        FloatVector a4a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y4);
        FloatVector a4b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y4 + LANES);
        FloatVector a5a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y5);
        FloatVector a5b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y5 + LANES);
        FloatVector a6a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y6);
        FloatVector a6b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y6 + LANES);
        FloatVector a7a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y7);
        FloatVector a7b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y7 + LANES);
        FloatVector a8a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y8);
        FloatVector a8b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y8 + LANES);
        FloatVector a9a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y9);
        FloatVector a9b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y9 + LANES);
        FloatVector a10a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y10);
        FloatVector a10b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y10 + LANES);
        FloatVector a11a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y11);
        FloatVector a11b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y11 + LANES);
        for (int k = 0, i = wAt; k < count; k++, i += pitch) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, w, i);
            FloatVector w1 = FloatVector.fromArray(FLOATS, w, i + LANES);
            FloatVector s0 = FloatVector.broadcast(FLOATS, x[x0 + k]);
            a0a = s0.fma(w0, a0a);
            a0b = s0.fma(w1, a0b);
            FloatVector s1 = FloatVector.broadcast(FLOATS, x[x1 + k]);
            a1a = s1.fma(w0, a1a);
            a1b = s1.fma(w1, a1b);
            FloatVector s2 = FloatVector.broadcast(FLOATS, x[x2 + k]);
            a2a = s2.fma(w0, a2a);
            a2b = s2.fma(w1, a2b);
            FloatVector s3 = FloatVector.broadcast(FLOATS, x[x3 + k]);
            a3a = s3.fma(w0, a3a);
            a3b = s3.fma(w1, a3b);
            FloatVector s4 = FloatVector.broadcast(FLOATS, x[x4 + k]);
            a4a = s4.fma(w0, a4a);
            a4b = s4.fma(w1, a4b);
            FloatVector s5 = FloatVector.broadcast(FLOATS, x[x5 + k]);
            a5a = s5.fma(w0, a5a);
            a5b = s5.fma(w1, a5b);
            FloatVector s6 = FloatVector.broadcast(FLOATS, x[x6 + k]);
            a6a = s6.fma(w0, a6a);
            a6b = s6.fma(w1, a6b);
            FloatVector s7 = FloatVector.broadcast(FLOATS, x[x7 + k]);
            a7a = s7.fma(w0, a7a);
            a7b = s7.fma(w1, a7b);
            FloatVector s8 = FloatVector.broadcast(FLOATS, x[x8 + k]);
            a8a = s8.fma(w0, a8a);
            a8b = s8.fma(w1, a8b);
            FloatVector s9 = FloatVector.broadcast(FLOATS, x[x9 + k]);
            a9a = s9.fma(w0, a9a);
            a9b = s9.fma(w1, a9b);
            FloatVector s10 = FloatVector.broadcast(FLOATS, x[x10 + k]);
            a10a = s10.fma(w0, a10a);
            a10b = s10.fma(w1, a10b);
            FloatVector s11 = FloatVector.broadcast(FLOATS, x[x11 + k]);
            a11a = s11.fma(w0, a11a);
            a11b = s11.fma(w1, a11b);
        }
        a0a.intoArray(y, y0);
        a0b.intoArray(y, y0 + LANES);
        a1a.intoArray(y, y1);
        a1b.intoArray(y, y1 + LANES);
        a2a.intoArray(y, y2);
        a2b.intoArray(y, y2 + LANES);
        a3a.intoArray(y, y3);
        a3b.intoArray(y, y3 + LANES);
        a4a.intoArray(y, y4);
        a4b.intoArray(y, y4 + LANES);
        a5a.intoArray(y, y5);
        a5b.intoArray(y, y5 + LANES);
        a6a.intoArray(y, y6);
        a6b.intoArray(y, y6 + LANES);
        a7a.intoArray(y, y7);
        a7b.intoArray(y, y7 + LANES);
        a8a.intoArray(y, y8);
        a8b.intoArray(y, y8 + LANES);
        a9a.intoArray(y, y9);
        a9b.intoArray(y, y9 + LANES);
        a10a.intoArray(y, y10);
        a10b.intoArray(y, y10 + LANES);
        a11a.intoArray(y, y11);
        a11b.intoArray(y, y11 + LANES);
    }

    /** 12 pixels, 1 vector of channels. */
    private static void taps12x1(
            float[] x,
            Pixels pixels,
            int group,
            int tap,
            int count,
            float[] w,
            int wAt,
            int pitch,
            float[] y,
            int yAt,
            boolean first) {
        int[] sources = pixels.sources();
        int[] targets = pixels.targets();
        int x0 = sources[group] + tap;
        int x1 = sources[group + 1] + tap;
        int x2 = sources[group + 2] + tap;
        int x3 = sources[group + 3] + tap;
        int x4 = sources[group + 4] + tap;
        int x5 = sources[group + 5] + tap;
        int x6 = sources[group + 6] + tap;
        int x7 = sources[group + 7] + tap;
        int x8 = sources[group + 8] + tap;
        int x9 = sources[group + 9] + tap;
        int x10 = sources[group + 10] + tap;
        int x11 = sources[group + 11] + tap;
        int y0 = targets[group] + yAt;
        int y1 = targets[group + 1] + yAt;
        int y2 = targets[group + 2] + yAt;
        int y3 = targets[group + 3] + yAt;
        int y4 = targets[group + 4] + yAt;
        int y5 = targets[group + 5] + yAt;
        int y6 = targets[group + 6] + yAt;
        int y7 = targets[group + 7] + yAt;
        int y8 = targets[group + 8] + yAt;
        int y9 = targets[group + 9] + yAt;
        int y10 = targets[group + 10] + yAt;
        int y11 = targets[group + 11] + yAt;
        FloatVector a0 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0);
        FloatVector a1 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1);
        FloatVector a2 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2);
        FloatVector a3 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3);
        FloatVector a4 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y4);
        FloatVector a5 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y5);
        FloatVector a6 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y6);
        FloatVector a7 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y7);
        FloatVector a8 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y8);
        FloatVector a9 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y9);
        FloatVector a10 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y10);
        FloatVector a11 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y11);
        for (int k = 0, i = wAt; k < count; k++, i += pitch) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, w, i);
            a0 = FloatVector.broadcast(FLOATS, x[x0 + k]).fma(w0, a0);
            a1 = FloatVector.broadcast(FLOATS, x[x1 + k]).fma(w0, a1);
            a2 = FloatVector.broadcast(FLOATS, x[x2 + k]).fma(w0, a2);
            a3 = FloatVector.broadcast(FLOATS, x[x3 + k]).fma(w0, a3);
            a4 = FloatVector.broadcast(FLOATS, x[x4 + k]).fma(w0, a4);
            a5 = FloatVector.broadcast(FLOATS, x[x5 + k]).fma(w0, a5);
            a6 = FloatVector.broadcast(FLOATS, x[x6 + k]).fma(w0, a6);
            a7 = FloatVector.broadcast(FLOATS, x[x7 + k]).fma(w0, a7);
            a8 = FloatVector.broadcast(FLOATS, x[x8 + k]).fma(w0, a8);
            a9 = FloatVector.broadcast(FLOATS, x[x9 + k]).fma(w0, a9);
            a10 = FloatVector.broadcast(FLOATS, x[x10 + k]).fma(w0, a10);
            a11 = FloatVector.broadcast(FLOATS, x[x11 + k]).fma(w0, a11);
        }
        a0.intoArray(y, y0);
        a1.intoArray(y, y1);
        a2.intoArray(y, y2);
        a3.intoArray(y, y3);
        a4.intoArray(y, y4);
        a5.intoArray(y, y5);
        a6.intoArray(y, y6);
        a7.intoArray(y, y7);
        a8.intoArray(y, y8);
        a9.intoArray(y, y9);
        a10.intoArray(y, y10);
        a11.intoArray(y, y11);
    }

    /** 6 pixels, 2 vectors of channels. */
    private static void taps6x2(
            float[] x,
            Pixels pixels,
            int group,
            int tap,
            int count,
            float[] w,
            int wAt,
            int pitch,
            float[] y,
            int yAt,
            boolean first) {
        int[] sources = pixels.sources();
        int[] targets = pixels.targets();
        int x0 = sources[group] + tap;
        int x1 = sources[group + 1] + tap;
        int x2 = sources[group + 2] + tap;
        int x3 = sources[group + 3] + tap;
        int x4 = sources[group + 4] + tap;
        int x5 = sources[group + 5] + tap;
        int y0 = targets[group] + yAt;
        int y1 = targets[group + 1] + yAt;
        int y2 = targets[group + 2] + yAt;
        int y3 = targets[group + 3] + yAt;
        int y4 = targets[group + 4] + yAt;
        int y5 = targets[group + 5] + yAt;
        FloatVector a0a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0);
        FloatVector a0b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0 + LANES);
        FloatVector a1a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1);
        FloatVector a1b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1 + LANES);
        FloatVector a2a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2);
        FloatVector a2b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2 + LANES);
        FloatVector a3a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3);
        FloatVector a3b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3 + LANES);
        FloatVector a4a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y4);
        FloatVector a4b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y4 + LANES);
        FloatVector a5a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y5);
        FloatVector a5b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y5 + LANES);
        for (int k = 0, i = wAt; k < count; k++, i += pitch) {
            FloatVector w0 = FloatVector.fromArray(FLOATS, w, i);
            FloatVector w1 = FloatVector.fromArray(FLOATS, w, i + LANES);
            FloatVector s0 = FloatVector.broadcast(FLOATS, x[x0 + k]);
            a0a = s0.fma(w0, a0a);
            a0b = s0.fma(w1, a0b);
            FloatVector s1 = FloatVector.broadcast(FLOATS, x[x1 + k]);
            a1a = s1.fma(w0, a1a);
            a1b = s1.fma(w1, a1b);
            FloatVector s2 = FloatVector.broadcast(FLOATS, x[x2 + k]);
            a2a = s2.fma(w0, a2a);
            a2b = s2.fma(w1, a2b);
            FloatVector s3 = FloatVector.broadcast(FLOATS, x[x3 + k]);
            a3a = s3.fma(w0, a3a);
            a3b = s3.fma(w1, a3b);
            FloatVector s4 = FloatVector.broadcast(FLOATS, x[x4 + k]);
            a4a = s4.fma(w0, a4a);
            a4b = s4.fma(w1, a4b);
            FloatVector s5 = FloatVector.broadcast(FLOATS, x[x5 + k]);
            a5a = s5.fma(w0, a5a);
            a5b = s5.fma(w1, a5b);
        }
        a0a.intoArray(y, y0);
        a0b.intoArray(y, y0 + LANES);
        a1a.intoArray(y, y1);
        a1b.intoArray(y, y1 + LANES);
        a2a.intoArray(y, y2);
        a2b.intoArray(y, y2 + LANES);
        a3a.intoArray(y, y3);
        a3b.intoArray(y, y3 + LANES);
        a4a.intoArray(y, y4);
        a4b.intoArray(y, y4 + LANES);
        a5a.intoArray(y, y5);
        a5b.intoArray(y, y5 + LANES);
    }

    /** 8 input channels, 2 vectors of output channels. */
    private static void outer8x2(
            float[] x,
            int xAt,
            int[] xs,
            float[] dy,
            int dyAt,
            int[] dys,
            int from,
            int to,
            float[] g,
            int gAt,
            int pitch) {
        FloatVector a0a = FloatVector.fromArray(FLOATS, g, gAt);
        FloatVector a0b = FloatVector.fromArray(FLOATS, g, gAt + LANES);
        FloatVector a1a = FloatVector.fromArray(FLOATS, g, gAt + pitch);
        FloatVector a1b = FloatVector.fromArray(FLOATS, g, gAt + pitch + LANES);
        FloatVector a2a = FloatVector.fromArray(FLOATS, g, gAt + 2 * pitch);
        FloatVector a2b = FloatVector.fromArray(FLOATS, g, gAt + 2 * pitch + LANES);
        FloatVector a3a = FloatVector.fromArray(FLOATS, g, gAt + 3 * pitch);
        FloatVector a3b = FloatVector.fromArray(FLOATS, g, gAt + 3 * pitch + LANES);
        FloatVector a4a = FloatVector.fromArray(FLOATS, g, gAt + 4 * pitch);
        FloatVector a4b = FloatVector.fromArray(FLOATS, g, gAt + 4 * pitch + LANES);
        FloatVector a5a = FloatVector.fromArray(FLOATS, g, gAt + 5 * pitch);
        FloatVector a5b = FloatVector.fromArray(FLOATS, g, gAt + 5 * pitch + LANES);
        FloatVector a6a = FloatVector.fromArray(FLOATS, g, gAt + 6 * pitch);
        FloatVector a6b = FloatVector.fromArray(FLOATS, g, gAt + 6 * pitch + LANES);
        FloatVector a7a = FloatVector.fromArray(FLOATS, g, gAt + 7 * pitch);
        FloatVector a7b = FloatVector.fromArray(FLOATS, g, gAt + 7 * pitch + LANES);
        for (int p = from; p < to; p++) {
            int b = xs[p] + xAt;
            int d = dys[p] + dyAt;
            FloatVector d0 = FloatVector.fromArray(FLOATS, dy, d);
            FloatVector d1 = FloatVector.fromArray(FLOATS, dy, d + LANES);
            FloatVector s0 = FloatVector.broadcast(FLOATS, x[b]);
            a0a = s0.fma(d0, a0a);
            a0b = s0.fma(d1, a0b);
            FloatVector s1 = FloatVector.broadcast(FLOATS, x[b + 1]);
            a1a = s1.fma(d0, a1a);
            a1b = s1.fma(d1, a1b);
            FloatVector s2 = FloatVector.broadcast(FLOATS, x[b + 2]);
            a2a = s2.fma(d0, a2a);
            a2b = s2.fma(d1, a2b);
            FloatVector s3 = FloatVector.broadcast(FLOATS, x[b + 3]);
            a3a = s3.fma(d0, a3a);
            a3b = s3.fma(d1, a3b);
            FloatVector s4 = FloatVector.broadcast(FLOATS, x[b + 4]);
            a4a = s4.fma(d0, a4a);
            a4b = s4.fma(d1, a4b);
            FloatVector s5 = FloatVector.broadcast(FLOATS, x[b + 5]);
            a5a = s5.fma(d0, a5a);
            a5b = s5.fma(d1, a5b);
            FloatVector s6 = FloatVector.broadcast(FLOATS, x[b + 6]);
            a6a = s6.fma(d0, a6a);
            a6b = s6.fma(d1, a6b);
            FloatVector s7 = FloatVector.broadcast(FLOATS, x[b + 7]);
            a7a = s7.fma(d0, a7a);
            a7b = s7.fma(d1, a7b);
        }
        a0a.intoArray(g, gAt);
        a0b.intoArray(g, gAt + LANES);
        a1a.intoArray(g, gAt + pitch);
        a1b.intoArray(g, gAt + pitch + LANES);
        a2a.intoArray(g, gAt + 2 * pitch);
        a2b.intoArray(g, gAt + 2 * pitch + LANES);
        a3a.intoArray(g, gAt + 3 * pitch);
        a3b.intoArray(g, gAt + 3 * pitch + LANES);
        a4a.intoArray(g, gAt + 4 * pitch);
        a4b.intoArray(g, gAt + 4 * pitch + LANES);
        a5a.intoArray(g, gAt + 5 * pitch);
        a5b.intoArray(g, gAt + 5 * pitch + LANES);
        a6a.intoArray(g, gAt + 6 * pitch);
        a6b.intoArray(g, gAt + 6 * pitch + LANES);
        a7a.intoArray(g, gAt + 7 * pitch);
        a7b.intoArray(g, gAt + 7 * pitch + LANES);
    }

    /** 8 input channels, 1 vector of output channels. */
    private static void outer8x1(
            float[] x,
            int xAt,
            int[] xs,
            float[] dy,
            int dyAt,
            int[] dys,
            int from,
            int to,
            float[] g,
            int gAt,
            int pitch) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, g, gAt);
        FloatVector a1 = FloatVector.fromArray(FLOATS, g, gAt + pitch);
        FloatVector a2 = FloatVector.fromArray(FLOATS, g, gAt + 2 * pitch);
        FloatVector a3 = FloatVector.fromArray(FLOATS, g, gAt + 3 * pitch);
        FloatVector a4 = FloatVector.fromArray(FLOATS, g, gAt + 4 * pitch);
        FloatVector a5 = FloatVector.fromArray(FLOATS, g, gAt + 5 * pitch);
        FloatVector a6 = FloatVector.fromArray(FLOATS, g, gAt + 6 * pitch);
        FloatVector a7 = FloatVector.fromArray(FLOATS, g, gAt + 7 * pitch);
        for (int p = from; p < to; p++) {
            int b = xs[p] + xAt;
            int d = dys[p] + dyAt;
            FloatVector d0 = FloatVector.fromArray(FLOATS, dy, d);
            a0 = FloatVector.broadcast(FLOATS, x[b]).fma(d0, a0);
            a1 = FloatVector.broadcast(FLOATS, x[b + 1]).fma(d0, a1);
            a2 = FloatVector.broadcast(FLOATS, x[b + 2]).fma(d0, a2);
            a3 = FloatVector.broadcast(FLOATS, x[b + 3]).fma(d0, a3);
            a4 = FloatVector.broadcast(FLOATS, x[b + 4]).fma(d0, a4);
            a5 = FloatVector.broadcast(FLOATS, x[b + 5]).fma(d0, a5);
            a6 = FloatVector.broadcast(FLOATS, x[b + 6]).fma(d0, a6);
            a7 = FloatVector.broadcast(FLOATS, x[b + 7]).fma(d0, a7);
        }
        a0.intoArray(g, gAt);
        a1.intoArray(g, gAt + pitch);
        a2.intoArray(g, gAt + 2 * pitch);
        a3.intoArray(g, gAt + 3 * pitch);
        a4.intoArray(g, gAt + 4 * pitch);
        a5.intoArray(g, gAt + 5 * pitch);
        a6.intoArray(g, gAt + 6 * pitch);
        a7.intoArray(g, gAt + 7 * pitch);
    }

    /** 4 input channels, 2 vectors of output channels. */
    private static void outer4x2(
            float[] x,
            int xAt,
            int[] xs,
            float[] dy,
            int dyAt,
            int[] dys,
            int from,
            int to,
            float[] g,
            int gAt,
            int pitch) {
        FloatVector a0a = FloatVector.fromArray(FLOATS, g, gAt);
        FloatVector a0b = FloatVector.fromArray(FLOATS, g, gAt + LANES);
        FloatVector a1a = FloatVector.fromArray(FLOATS, g, gAt + pitch);
        FloatVector a1b = FloatVector.fromArray(FLOATS, g, gAt + pitch + LANES);
        FloatVector a2a = FloatVector.fromArray(FLOATS, g, gAt + 2 * pitch);
        FloatVector a2b = FloatVector.fromArray(FLOATS, g, gAt + 2 * pitch + LANES);
        FloatVector a3a = FloatVector.fromArray(FLOATS, g, gAt + 3 * pitch);
        FloatVector a3b = FloatVector.fromArray(FLOATS, g, gAt + 3 * pitch + LANES);
        for (int p = from; p < to; p++) {
            int b = xs[p] + xAt;
            int d = dys[p] + dyAt;
            FloatVector d0 = FloatVector.fromArray(FLOATS, dy, d);
            FloatVector d1 = FloatVector.fromArray(FLOATS, dy, d + LANES);
            FloatVector s0 = FloatVector.broadcast(FLOATS, x[b]);
            a0a = s0.fma(d0, a0a);
            a0b = s0.fma(d1, a0b);
            FloatVector s1 = FloatVector.broadcast(FLOATS, x[b + 1]);
            a1a = s1.fma(d0, a1a);
            a1b = s1.fma(d1, a1b);
            FloatVector s2 = FloatVector.broadcast(FLOATS, x[b + 2]);
            a2a = s2.fma(d0, a2a);
            a2b = s2.fma(d1, a2b);
            FloatVector s3 = FloatVector.broadcast(FLOATS, x[b + 3]);
            a3a = s3.fma(d0, a3a);
            a3b = s3.fma(d1, a3b);
        }
        a0a.intoArray(g, gAt);
        a0b.intoArray(g, gAt + LANES);
        a1a.intoArray(g, gAt + pitch);
        a1b.intoArray(g, gAt + pitch + LANES);
        a2a.intoArray(g, gAt + 2 * pitch);
        a2b.intoArray(g, gAt + 2 * pitch + LANES);
        a3a.intoArray(g, gAt + 3 * pitch);
        a3b.intoArray(g, gAt + 3 * pitch + LANES);
    }

    /** 1 input channel, 2 vectors of output channels. */
    private static void outer1x2(
            float[] x,
            int xAt,
            int[] xs,
            float[] dy,
            int dyAt,
            int[] dys,
            int from,
            int to,
            float[] g,
            int gAt,
            int pitch) {
        FloatVector a0a = FloatVector.fromArray(FLOATS, g, gAt);
        FloatVector a0b = FloatVector.fromArray(FLOATS, g, gAt + LANES);
        for (int p = from; p < to; p++) {
            int b = xs[p] + xAt;
            int d = dys[p] + dyAt;
            FloatVector d0 = FloatVector.fromArray(FLOATS, dy, d);
            FloatVector d1 = FloatVector.fromArray(FLOATS, dy, d + LANES);
            FloatVector s0 = FloatVector.broadcast(FLOATS, x[b]);
            a0a = s0.fma(d0, a0a);
            a0b = s0.fma(d1, a0b);
        }
        a0a.intoArray(g, gAt);
        a0b.intoArray(g, gAt + LANES);
    }

    /** 1 input channel, 1 vector of output channels. */
    private static void outer1x1(
            float[] x,
            int xAt,
            int[] xs,
            float[] dy,
            int dyAt,
            int[] dys,
            int from,
            int to,
            float[] g,
            int gAt,
            int pitch) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, g, gAt);
        for (int p = from; p < to; p++) {
            int b = xs[p] + xAt;
            int d = dys[p] + dyAt;
            FloatVector d0 = FloatVector.fromArray(FLOATS, dy, d);
            a0 = FloatVector.broadcast(FLOATS, x[b]).fma(d0, a0);
        }
        a0.intoArray(g, gAt);
    }
}
