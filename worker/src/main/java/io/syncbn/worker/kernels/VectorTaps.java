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

    private static final float[] ZEROS = VectorTiles.ZEROS;

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
            int group) {
        int x0 = sources[group] + xAt;
        int x1 = sources[group + 1] + xAt;
        int x2 = sources[group + 2] + xAt;
        int x3 = sources[group + 3] + xAt;
        int y0 = targets[group] + yAt;
        int y1 = targets[group + 1] + yAt;
        int y2 = targets[group + 2] + yAt;
        int y3 = targets[group + 3] + yAt;
        FloatVector a0a = FloatVector.fromArray(FLOATS, ZEROS, 0);
        FloatVector a0b = FloatVector.fromArray(FLOATS, ZEROS, LANES);
        FloatVector a0c = FloatVector.fromArray(FLOATS, ZEROS, 2 * LANES);
        FloatVector a0d = FloatVector.fromArray(FLOATS, ZEROS, 3 * LANES);
        FloatVector a1a = FloatVector.fromArray(FLOATS, ZEROS, 4 * LANES);
        FloatVector a1b = FloatVector.fromArray(FLOATS, ZEROS, 5 * LANES);
        FloatVector a1c = FloatVector.fromArray(FLOATS, ZEROS, 6 * LANES);
        FloatVector a1d = FloatVector.fromArray(FLOATS, ZEROS, 7 * LANES);
        FloatVector a2a = FloatVector.fromArray(FLOATS, ZEROS, 8 * LANES);
        FloatVector a2b = FloatVector.fromArray(FLOATS, ZEROS, 9 * LANES);
        FloatVector a2c = FloatVector.fromArray(FLOATS, ZEROS, 10 * LANES);
        FloatVector a2d = FloatVector.fromArray(FLOATS, ZEROS, 11 * LANES);
        FloatVector a3a = FloatVector.fromArray(FLOATS, ZEROS, 12 * LANES);
        FloatVector a3b = FloatVector.fromArray(FLOATS, ZEROS, 13 * LANES);
        FloatVector a3c = FloatVector.fromArray(FLOATS, ZEROS, 14 * LANES);
        FloatVector a3d = FloatVector.fromArray(FLOATS, ZEROS, 15 * LANES);
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
        a0a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y0)).add(TYPE.cast(a0a));
        a0b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y0 + LANES)).add(TYPE.cast(a0b));
        a0c = TYPE.cast(FloatVector.fromArray(FLOATS, y, y0 + 2 * LANES)).add(TYPE.cast(a0c));
        a0d = TYPE.cast(FloatVector.fromArray(FLOATS, y, y0 + 3 * LANES)).add(TYPE.cast(a0d));
        a1a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y1)).add(TYPE.cast(a1a));
        a1b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y1 + LANES)).add(TYPE.cast(a1b));
        a1c = TYPE.cast(FloatVector.fromArray(FLOATS, y, y1 + 2 * LANES)).add(TYPE.cast(a1c));
        a1d = TYPE.cast(FloatVector.fromArray(FLOATS, y, y1 + 3 * LANES)).add(TYPE.cast(a1d));
        a2a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y2)).add(TYPE.cast(a2a));
        a2b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y2 + LANES)).add(TYPE.cast(a2b));
        a2c = TYPE.cast(FloatVector.fromArray(FLOATS, y, y2 + 2 * LANES)).add(TYPE.cast(a2c));
        a2d = TYPE.cast(FloatVector.fromArray(FLOATS, y, y2 + 3 * LANES)).add(TYPE.cast(a2d));
        a3a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y3)).add(TYPE.cast(a3a));
        a3b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y3 + LANES)).add(TYPE.cast(a3b));
        a3c = TYPE.cast(FloatVector.fromArray(FLOATS, y, y3 + 2 * LANES)).add(TYPE.cast(a3c));
        a3d = TYPE.cast(FloatVector.fromArray(FLOATS, y, y3 + 3 * LANES)).add(TYPE.cast(a3d));
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
            int group) {
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
        FloatVector a0a = FloatVector.fromArray(FLOATS, ZEROS, 0);
        FloatVector a0b = FloatVector.fromArray(FLOATS, ZEROS, LANES);
        FloatVector a1a = FloatVector.fromArray(FLOATS, ZEROS, 2 * LANES);
        FloatVector a1b = FloatVector.fromArray(FLOATS, ZEROS, 3 * LANES);
        FloatVector a2a = FloatVector.fromArray(FLOATS, ZEROS, 4 * LANES);
        FloatVector a2b = FloatVector.fromArray(FLOATS, ZEROS, 5 * LANES);
        FloatVector a3a = FloatVector.fromArray(FLOATS, ZEROS, 6 * LANES);
        FloatVector a3b = FloatVector.fromArray(FLOATS, ZEROS, 7 * LANES);
        FloatVector a4a = FloatVector.fromArray(FLOATS, ZEROS, 8 * LANES);
        FloatVector a4b = FloatVector.fromArray(FLOATS, ZEROS, 9 * LANES);
        FloatVector a5a = FloatVector.fromArray(FLOATS, ZEROS, 10 * LANES);
        FloatVector a5b = FloatVector.fromArray(FLOATS, ZEROS, 11 * LANES);
        FloatVector a6a = FloatVector.fromArray(FLOATS, ZEROS, 12 * LANES);
        FloatVector a6b = FloatVector.fromArray(FLOATS, ZEROS, 13 * LANES);
        FloatVector a7a = FloatVector.fromArray(FLOATS, ZEROS, 14 * LANES);
        FloatVector a7b = FloatVector.fromArray(FLOATS, ZEROS, 15 * LANES);
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
        a0a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y0)).add(TYPE.cast(a0a));
        a0b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y0 + LANES)).add(TYPE.cast(a0b));
        a1a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y1)).add(TYPE.cast(a1a));
        a1b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y1 + LANES)).add(TYPE.cast(a1b));
        a2a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y2)).add(TYPE.cast(a2a));
        a2b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y2 + LANES)).add(TYPE.cast(a2b));
        a3a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y3)).add(TYPE.cast(a3a));
        a3b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y3 + LANES)).add(TYPE.cast(a3b));
        a4a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y4)).add(TYPE.cast(a4a));
        a4b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y4 + LANES)).add(TYPE.cast(a4b));
        a5a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y5)).add(TYPE.cast(a5a));
        a5b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y5 + LANES)).add(TYPE.cast(a5b));
        a6a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y6)).add(TYPE.cast(a6a));
        a6b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y6 + LANES)).add(TYPE.cast(a6b));
        a7a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y7)).add(TYPE.cast(a7a));
        a7b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y7 + LANES)).add(TYPE.cast(a7b));
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
            int group) {
        int x0 = sources[group] + xAt;
        int x1 = sources[group + 1] + xAt;
        int x2 = sources[group + 2] + xAt;
        int x3 = sources[group + 3] + xAt;
        int y0 = targets[group] + yAt;
        int y1 = targets[group + 1] + yAt;
        int y2 = targets[group + 2] + yAt;
        int y3 = targets[group + 3] + yAt;
        FloatVector a0a = FloatVector.fromArray(FLOATS, ZEROS, 0);
        FloatVector a0b = FloatVector.fromArray(FLOATS, ZEROS, LANES);
        FloatVector a1a = FloatVector.fromArray(FLOATS, ZEROS, 2 * LANES);
        FloatVector a1b = FloatVector.fromArray(FLOATS, ZEROS, 3 * LANES);
        FloatVector a2a = FloatVector.fromArray(FLOATS, ZEROS, 4 * LANES);
        FloatVector a2b = FloatVector.fromArray(FLOATS, ZEROS, 5 * LANES);
        FloatVector a3a = FloatVector.fromArray(FLOATS, ZEROS, 6 * LANES);
        FloatVector a3b = FloatVector.fromArray(FLOATS, ZEROS, 7 * LANES);
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
        a0a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y0)).add(TYPE.cast(a0a));
        a0b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y0 + LANES)).add(TYPE.cast(a0b));
        a1a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y1)).add(TYPE.cast(a1a));
        a1b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y1 + LANES)).add(TYPE.cast(a1b));
        a2a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y2)).add(TYPE.cast(a2a));
        a2b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y2 + LANES)).add(TYPE.cast(a2b));
        a3a = TYPE.cast(FloatVector.fromArray(FLOATS, y, y3)).add(TYPE.cast(a3a));
        a3b = TYPE.cast(FloatVector.fromArray(FLOATS, y, y3 + LANES)).add(TYPE.cast(a3b));
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
