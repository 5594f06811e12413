package io.syncbn.worker.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over taps for some pixels and vectors of channels. An accumulator is a local variable, and a method has one loop: HotSpot
 * keeps accumulators in registers through one level of loop only. With more than 16 of them its first compiler fails, and the
 * method is never compiled by the second. Every vector is cast ({@link VectorType}). Indices are a sum of a few values: more do
 * not fit into registers.
 */
final class VectorTaps {
    private static final VectorSpecies<Float> FLOATS = VectorTiles.FLOATS;
    private static final int LANES = VectorTiles.LANES;
    private static final Class<FloatVector> TYPE = VectorType.of(FLOATS);

    private VectorTaps() {}

    /** 4 pixels, 4 vectors of channels, which are a panel. */
    static void taps4x4(
            float[] x,
            int[] sources,
            int xAt,
            int count,
            float[] w,
            int wAt,
            float[] y,
            int[] targets,
            int yAt,
            int group,
            boolean first) {
        int x0 = sources[group] + xAt;
        int x1 = sources[group + 1] + xAt;
        int x2 = sources[group + 2] + xAt;
        int x3 = sources[group + 3] + xAt;
        int y0 = targets[group] + yAt;
        int y1 = targets[group + 1] + yAt;
        int y2 = targets[group + 2] + yAt;
        int y3 = targets[group + 3] + yAt;
        FloatVector a0a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0);
        FloatVector a0b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0 + LANES);
        FloatVector a0c = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0 + 2 * LANES);
        FloatVector a0d = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0 + 3 * LANES);
        FloatVector a1a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1);
        FloatVector a1b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1 + LANES);
        FloatVector a1c = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1 + 2 * LANES);
        FloatVector a1d = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1 + 3 * LANES);
        FloatVector a2a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2);
        FloatVector a2b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2 + LANES);
        FloatVector a2c = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2 + 2 * LANES);
        FloatVector a2d = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2 + 3 * LANES);
        FloatVector a3a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3);
        FloatVector a3b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3 + LANES);
        FloatVector a3c = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3 + 2 * LANES);
        FloatVector a3d = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3 + 3 * LANES);
        for (int k = 0; k < count; k++) {
            int i = wAt + k * 64;
            FloatVector w0 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i));
            FloatVector w1 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i + LANES));
            FloatVector w2 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i + 2 * LANES));
            FloatVector w3 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i + 3 * LANES));
            FloatVector s0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x0 + k]));
            a0a = s0.fma(w0, TYPE.cast(a0a));
            a0b = s0.fma(w1, TYPE.cast(a0b));
            a0c = s0.fma(w2, TYPE.cast(a0c));
            a0d = s0.fma(w3, TYPE.cast(a0d));
            FloatVector s1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x1 + k]));
            a1a = s1.fma(w0, TYPE.cast(a1a));
            a1b = s1.fma(w1, TYPE.cast(a1b));
            a1c = s1.fma(w2, TYPE.cast(a1c));
            a1d = s1.fma(w3, TYPE.cast(a1d));
            FloatVector s2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x2 + k]));
            a2a = s2.fma(w0, TYPE.cast(a2a));
            a2b = s2.fma(w1, TYPE.cast(a2b));
            a2c = s2.fma(w2, TYPE.cast(a2c));
            a2d = s2.fma(w3, TYPE.cast(a2d));
            FloatVector s3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x3 + k]));
            a3a = s3.fma(w0, TYPE.cast(a3a));
            a3b = s3.fma(w1, TYPE.cast(a3b));
            a3c = s3.fma(w2, TYPE.cast(a3c));
            a3d = s3.fma(w3, TYPE.cast(a3d));
        }
        TYPE.cast(a0a).intoArray(y, y0);
        TYPE.cast(a0b).intoArray(y, y0 + LANES);
        TYPE.cast(a0c).intoArray(y, y0 + 2 * LANES);
        TYPE.cast(a0d).intoArray(y, y0 + 3 * LANES);
        TYPE.cast(a1a).intoArray(y, y1);
        TYPE.cast(a1b).intoArray(y, y1 + LANES);
        TYPE.cast(a1c).intoArray(y, y1 + 2 * LANES);
        TYPE.cast(a1d).intoArray(y, y1 + 3 * LANES);
        TYPE.cast(a2a).intoArray(y, y2);
        TYPE.cast(a2b).intoArray(y, y2 + LANES);
        TYPE.cast(a2c).intoArray(y, y2 + 2 * LANES);
        TYPE.cast(a2d).intoArray(y, y2 + 3 * LANES);
        TYPE.cast(a3a).intoArray(y, y3);
        TYPE.cast(a3b).intoArray(y, y3 + LANES);
        TYPE.cast(a3c).intoArray(y, y3 + 2 * LANES);
        TYPE.cast(a3d).intoArray(y, y3 + 3 * LANES);
    }

    /** 8 pixels, 2 vectors of channels, which are a panel. */
    static void taps8x2(
            float[] x,
            int[] sources,
            int xAt,
            int count,
            float[] w,
            int wAt,
            float[] y,
            int[] targets,
            int yAt,
            int group,
            boolean first) {
        int x0 = sources[group] + xAt;
        int x1 = sources[group + 1] + xAt;
        int x2 = sources[group + 2] + xAt;
        int x3 = sources[group + 3] + xAt;
        int x4 = sources[group + 4] + xAt;
        int x5 = sources[group + 5] + xAt;
        int x6 = sources[group + 6] + xAt;
        int x7 = sources[group + 7] + xAt;
        int y0 = targets[group] + yAt;
        int y1 = targets[group + 1] + yAt;
        int y2 = targets[group + 2] + yAt;
        int y3 = targets[group + 3] + yAt;
        int y4 = targets[group + 4] + yAt;
        int y5 = targets[group + 5] + yAt;
        int y6 = targets[group + 6] + yAt;
        int y7 = targets[group + 7] + yAt;
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
        for (int k = 0; k < count; k++) {
            int i = wAt + k * 32;
            FloatVector w0 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i));
            FloatVector w1 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i + LANES));
            FloatVector s0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x0 + k]));
            a0a = s0.fma(w0, TYPE.cast(a0a));
            a0b = s0.fma(w1, TYPE.cast(a0b));
            FloatVector s1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x1 + k]));
            a1a = s1.fma(w0, TYPE.cast(a1a));
            a1b = s1.fma(w1, TYPE.cast(a1b));
            FloatVector s2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x2 + k]));
            a2a = s2.fma(w0, TYPE.cast(a2a));
            a2b = s2.fma(w1, TYPE.cast(a2b));
            FloatVector s3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x3 + k]));
            a3a = s3.fma(w0, TYPE.cast(a3a));
            a3b = s3.fma(w1, TYPE.cast(a3b));
            FloatVector s4 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x4 + k]));
            a4a = s4.fma(w0, TYPE.cast(a4a));
            a4b = s4.fma(w1, TYPE.cast(a4b));
            FloatVector s5 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x5 + k]));
            a5a = s5.fma(w0, TYPE.cast(a5a));
            a5b = s5.fma(w1, TYPE.cast(a5b));
            FloatVector s6 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x6 + k]));
            a6a = s6.fma(w0, TYPE.cast(a6a));
            a6b = s6.fma(w1, TYPE.cast(a6b));
            FloatVector s7 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x7 + k]));
            a7a = s7.fma(w0, TYPE.cast(a7a));
            a7b = s7.fma(w1, TYPE.cast(a7b));
        }
        TYPE.cast(a0a).intoArray(y, y0);
        TYPE.cast(a0b).intoArray(y, y0 + LANES);
        TYPE.cast(a1a).intoArray(y, y1);
        TYPE.cast(a1b).intoArray(y, y1 + LANES);
        TYPE.cast(a2a).intoArray(y, y2);
        TYPE.cast(a2b).intoArray(y, y2 + LANES);
        TYPE.cast(a3a).intoArray(y, y3);
        TYPE.cast(a3b).intoArray(y, y3 + LANES);
        TYPE.cast(a4a).intoArray(y, y4);
        TYPE.cast(a4b).intoArray(y, y4 + LANES);
        TYPE.cast(a5a).intoArray(y, y5);
        TYPE.cast(a5b).intoArray(y, y5 + LANES);
        TYPE.cast(a6a).intoArray(y, y6);
        TYPE.cast(a6b).intoArray(y, y6 + LANES);
        TYPE.cast(a7a).intoArray(y, y7);
        TYPE.cast(a7b).intoArray(y, y7 + LANES);
    }

    /** 8 pixels, 1 vector of channels, which is a panel; two taps at a time, so that the count is even. */
    static void taps8x1Twice(
            float[] x,
            int[] sources,
            int xAt,
            int count,
            float[] w,
            int wAt,
            float[] y,
            int[] targets,
            int yAt,
            int group,
            boolean first) {
        int x0 = sources[group] + xAt;
        int x1 = sources[group + 1] + xAt;
        int x2 = sources[group + 2] + xAt;
        int x3 = sources[group + 3] + xAt;
        int x4 = sources[group + 4] + xAt;
        int x5 = sources[group + 5] + xAt;
        int x6 = sources[group + 6] + xAt;
        int x7 = sources[group + 7] + xAt;
        int y0 = targets[group] + yAt;
        int y1 = targets[group + 1] + yAt;
        int y2 = targets[group + 2] + yAt;
        int y3 = targets[group + 3] + yAt;
        int y4 = targets[group + 4] + yAt;
        int y5 = targets[group + 5] + yAt;
        int y6 = targets[group + 6] + yAt;
        int y7 = targets[group + 7] + yAt;
        FloatVector a0 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0);
        FloatVector a1 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1);
        FloatVector a2 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2);
        FloatVector a3 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3);
        FloatVector a4 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y4);
        FloatVector a5 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y5);
        FloatVector a6 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y6);
        FloatVector a7 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y7);
        for (int k = 0; k < count; k += 2) {
            int i = wAt + k * 16;
            FloatVector w0 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i));
            a0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x0 + k])).fma(w0, TYPE.cast(a0));
            a1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x1 + k])).fma(w0, TYPE.cast(a1));
            a2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x2 + k])).fma(w0, TYPE.cast(a2));
            a3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x3 + k])).fma(w0, TYPE.cast(a3));
            a4 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x4 + k])).fma(w0, TYPE.cast(a4));
            a5 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x5 + k])).fma(w0, TYPE.cast(a5));
            a6 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x6 + k])).fma(w0, TYPE.cast(a6));
            a7 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x7 + k])).fma(w0, TYPE.cast(a7));
            FloatVector w10 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i + 1 * 16));
            a0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x0 + k + 1])).fma(w10, TYPE.cast(a0));
            a1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x1 + k + 1])).fma(w10, TYPE.cast(a1));
            a2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x2 + k + 1])).fma(w10, TYPE.cast(a2));
            a3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x3 + k + 1])).fma(w10, TYPE.cast(a3));
            a4 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x4 + k + 1])).fma(w10, TYPE.cast(a4));
            a5 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x5 + k + 1])).fma(w10, TYPE.cast(a5));
            a6 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x6 + k + 1])).fma(w10, TYPE.cast(a6));
            a7 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x7 + k + 1])).fma(w10, TYPE.cast(a7));
        }
        TYPE.cast(a0).intoArray(y, y0);
        TYPE.cast(a1).intoArray(y, y1);
        TYPE.cast(a2).intoArray(y, y2);
        TYPE.cast(a3).intoArray(y, y3);
        TYPE.cast(a4).intoArray(y, y4);
        TYPE.cast(a5).intoArray(y, y5);
        TYPE.cast(a6).intoArray(y, y6);
        TYPE.cast(a7).intoArray(y, y7);
    }

    /** 8 pixels, 1 vector of channels, which is a panel. */
    static void taps8x1(
            float[] x,
            int[] sources,
            int xAt,
            int count,
            float[] w,
            int wAt,
            float[] y,
            int[] targets,
            int yAt,
            int group,
            boolean first) {
        int x0 = sources[group] + xAt;
        int x1 = sources[group + 1] + xAt;
        int x2 = sources[group + 2] + xAt;
        int x3 = sources[group + 3] + xAt;
        int x4 = sources[group + 4] + xAt;
        int x5 = sources[group + 5] + xAt;
        int x6 = sources[group + 6] + xAt;
        int x7 = sources[group + 7] + xAt;
        int y0 = targets[group] + yAt;
        int y1 = targets[group + 1] + yAt;
        int y2 = targets[group + 2] + yAt;
        int y3 = targets[group + 3] + yAt;
        int y4 = targets[group + 4] + yAt;
        int y5 = targets[group + 5] + yAt;
        int y6 = targets[group + 6] + yAt;
        int y7 = targets[group + 7] + yAt;
        FloatVector a0 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0);
        FloatVector a1 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1);
        FloatVector a2 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2);
        FloatVector a3 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3);
        FloatVector a4 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y4);
        FloatVector a5 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y5);
        FloatVector a6 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y6);
        FloatVector a7 = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y7);
        for (int k = 0; k < count; k++) {
            int i = wAt + k * 16;
            FloatVector w0 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i));
            a0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x0 + k])).fma(w0, TYPE.cast(a0));
            a1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x1 + k])).fma(w0, TYPE.cast(a1));
            a2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x2 + k])).fma(w0, TYPE.cast(a2));
            a3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x3 + k])).fma(w0, TYPE.cast(a3));
            a4 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x4 + k])).fma(w0, TYPE.cast(a4));
            a5 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x5 + k])).fma(w0, TYPE.cast(a5));
            a6 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x6 + k])).fma(w0, TYPE.cast(a6));
            a7 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x7 + k])).fma(w0, TYPE.cast(a7));
        }
        TYPE.cast(a0).intoArray(y, y0);
        TYPE.cast(a1).intoArray(y, y1);
        TYPE.cast(a2).intoArray(y, y2);
        TYPE.cast(a3).intoArray(y, y3);
        TYPE.cast(a4).intoArray(y, y4);
        TYPE.cast(a5).intoArray(y, y5);
        TYPE.cast(a6).intoArray(y, y6);
        TYPE.cast(a7).intoArray(y, y7);
    }

    /** 4 pixels, 2 vectors of a panel's channels. */
    static void taps4x2(
            float[] x,
            int[] sources,
            int xAt,
            int count,
            float[] w,
            int wAt,
            int panel,
            float[] y,
            int[] targets,
            int yAt,
            int group,
            boolean first) {
        int x0 = sources[group] + xAt;
        int x1 = sources[group + 1] + xAt;
        int x2 = sources[group + 2] + xAt;
        int x3 = sources[group + 3] + xAt;
        int y0 = targets[group] + yAt;
        int y1 = targets[group + 1] + yAt;
        int y2 = targets[group + 2] + yAt;
        int y3 = targets[group + 3] + yAt;
        FloatVector a0a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0);
        FloatVector a0b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y0 + LANES);
        FloatVector a1a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1);
        FloatVector a1b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y1 + LANES);
        FloatVector a2a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2);
        FloatVector a2b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y2 + LANES);
        FloatVector a3a = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3);
        FloatVector a3b = first ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, y3 + LANES);
        for (int k = 0; k < count; k++) {
            int i = wAt + k * panel;
            FloatVector w0 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i));
            FloatVector w1 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i + LANES));
            FloatVector s0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x0 + k]));
            a0a = s0.fma(w0, TYPE.cast(a0a));
            a0b = s0.fma(w1, TYPE.cast(a0b));
            FloatVector s1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x1 + k]));
            a1a = s1.fma(w0, TYPE.cast(a1a));
            a1b = s1.fma(w1, TYPE.cast(a1b));
            FloatVector s2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x2 + k]));
            a2a = s2.fma(w0, TYPE.cast(a2a));
            a2b = s2.fma(w1, TYPE.cast(a2b));
            FloatVector s3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x3 + k]));
            a3a = s3.fma(w0, TYPE.cast(a3a));
            a3b = s3.fma(w1, TYPE.cast(a3b));
        }
        TYPE.cast(a0a).intoArray(y, y0);
        TYPE.cast(a0b).intoArray(y, y0 + LANES);
        TYPE.cast(a1a).intoArray(y, y1);
        TYPE.cast(a1b).intoArray(y, y1 + LANES);
        TYPE.cast(a2a).intoArray(y, y2);
        TYPE.cast(a2b).intoArray(y, y2 + LANES);
        TYPE.cast(a3a).intoArray(y, y3);
        TYPE.cast(a3b).intoArray(y, y3 + LANES);
    }
}
