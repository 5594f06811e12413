package io.syncbn.worker.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Outer products for some rows and vectors of channels, summed over pixels; for their shape see {@link VectorTaps}. */
final class VectorOuterProducts {
    private static final VectorSpecies<Float> FLOATS = VectorTiles.FLOATS;
    private static final int LANES = VectorTiles.LANES;
    private static final Class<FloatVector> TYPE = VectorType.of(FLOATS);

    private VectorOuterProducts() {}

    /** 12 rows, 2 vectors of channels. */
    static void outer12x2(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0a = FloatVector.fromArray(FLOATS, g, gAt);
        FloatVector a0b = FloatVector.fromArray(FLOATS, g, gAt + LANES);
        FloatVector a1a = FloatVector.fromArray(FLOATS, g, gAt + panel);
        FloatVector a1b = FloatVector.fromArray(FLOATS, g, gAt + panel + LANES);
        FloatVector a2a = FloatVector.fromArray(FLOATS, g, gAt + 2 * panel);
        FloatVector a2b = FloatVector.fromArray(FLOATS, g, gAt + 2 * panel + LANES);
        FloatVector a3a = FloatVector.fromArray(FLOATS, g, gAt + 3 * panel);
        FloatVector a3b = FloatVector.fromArray(FLOATS, g, gAt + 3 * panel + LANES);
        FloatVector a4a = FloatVector.fromArray(FLOATS, g, gAt + 4 * panel);
        FloatVector a4b = FloatVector.fromArray(FLOATS, g, gAt + 4 * panel + LANES);
        FloatVector a5a = FloatVector.fromArray(FLOATS, g, gAt + 5 * panel);
        FloatVector a5b = FloatVector.fromArray(FLOATS, g, gAt + 5 * panel + LANES);
        FloatVector a6a = FloatVector.fromArray(FLOATS, g, gAt + 6 * panel);
        FloatVector a6b = FloatVector.fromArray(FLOATS, g, gAt + 6 * panel + LANES);
        FloatVector a7a = FloatVector.fromArray(FLOATS, g, gAt + 7 * panel);
        FloatVector a7b = FloatVector.fromArray(FLOATS, g, gAt + 7 * panel + LANES);
        FloatVector a8a = FloatVector.fromArray(FLOATS, g, gAt + 8 * panel);
        FloatVector a8b = FloatVector.fromArray(FLOATS, g, gAt + 8 * panel + LANES);
        FloatVector a9a = FloatVector.fromArray(FLOATS, g, gAt + 9 * panel);
        FloatVector a9b = FloatVector.fromArray(FLOATS, g, gAt + 9 * panel + LANES);
        FloatVector a10a = FloatVector.fromArray(FLOATS, g, gAt + 10 * panel);
        FloatVector a10b = FloatVector.fromArray(FLOATS, g, gAt + 10 * panel + LANES);
        FloatVector a11a = FloatVector.fromArray(FLOATS, g, gAt + 11 * panel);
        FloatVector a11b = FloatVector.fromArray(FLOATS, g, gAt + 11 * panel + LANES);
        for (int p = from; p < to; p++) {
            int b = sources[p] + xAt;
            int d = dyAt + (p - from) * panel;
            FloatVector d0 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d));
            FloatVector d1 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d + LANES));
            FloatVector s0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b]));
            a0a = s0.fma(d0, TYPE.cast(a0a));
            a0b = s0.fma(d1, TYPE.cast(a0b));
            FloatVector s1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 1]));
            a1a = s1.fma(d0, TYPE.cast(a1a));
            a1b = s1.fma(d1, TYPE.cast(a1b));
            FloatVector s2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 2]));
            a2a = s2.fma(d0, TYPE.cast(a2a));
            a2b = s2.fma(d1, TYPE.cast(a2b));
            FloatVector s3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 3]));
            a3a = s3.fma(d0, TYPE.cast(a3a));
            a3b = s3.fma(d1, TYPE.cast(a3b));
            FloatVector s4 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 4]));
            a4a = s4.fma(d0, TYPE.cast(a4a));
            a4b = s4.fma(d1, TYPE.cast(a4b));
            FloatVector s5 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 5]));
            a5a = s5.fma(d0, TYPE.cast(a5a));
            a5b = s5.fma(d1, TYPE.cast(a5b));
            FloatVector s6 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 6]));
            a6a = s6.fma(d0, TYPE.cast(a6a));
            a6b = s6.fma(d1, TYPE.cast(a6b));
            FloatVector s7 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 7]));
            a7a = s7.fma(d0, TYPE.cast(a7a));
            a7b = s7.fma(d1, TYPE.cast(a7b));
            FloatVector s8 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 8]));
            a8a = s8.fma(d0, TYPE.cast(a8a));
            a8b = s8.fma(d1, TYPE.cast(a8b));
            FloatVector s9 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 9]));
            a9a = s9.fma(d0, TYPE.cast(a9a));
            a9b = s9.fma(d1, TYPE.cast(a9b));
            FloatVector s10 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 10]));
            a10a = s10.fma(d0, TYPE.cast(a10a));
            a10b = s10.fma(d1, TYPE.cast(a10b));
            FloatVector s11 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 11]));
            a11a = s11.fma(d0, TYPE.cast(a11a));
            a11b = s11.fma(d1, TYPE.cast(a11b));
        }
        TYPE.cast(a0a).intoArray(g, gAt);
        TYPE.cast(a0b).intoArray(g, gAt + LANES);
        TYPE.cast(a1a).intoArray(g, gAt + panel);
        TYPE.cast(a1b).intoArray(g, gAt + panel + LANES);
        TYPE.cast(a2a).intoArray(g, gAt + 2 * panel);
        TYPE.cast(a2b).intoArray(g, gAt + 2 * panel + LANES);
        TYPE.cast(a3a).intoArray(g, gAt + 3 * panel);
        TYPE.cast(a3b).intoArray(g, gAt + 3 * panel + LANES);
        TYPE.cast(a4a).intoArray(g, gAt + 4 * panel);
        TYPE.cast(a4b).intoArray(g, gAt + 4 * panel + LANES);
        TYPE.cast(a5a).intoArray(g, gAt + 5 * panel);
        TYPE.cast(a5b).intoArray(g, gAt + 5 * panel + LANES);
        TYPE.cast(a6a).intoArray(g, gAt + 6 * panel);
        TYPE.cast(a6b).intoArray(g, gAt + 6 * panel + LANES);
        TYPE.cast(a7a).intoArray(g, gAt + 7 * panel);
        TYPE.cast(a7b).intoArray(g, gAt + 7 * panel + LANES);
        TYPE.cast(a8a).intoArray(g, gAt + 8 * panel);
        TYPE.cast(a8b).intoArray(g, gAt + 8 * panel + LANES);
        TYPE.cast(a9a).intoArray(g, gAt + 9 * panel);
        TYPE.cast(a9b).intoArray(g, gAt + 9 * panel + LANES);
        TYPE.cast(a10a).intoArray(g, gAt + 10 * panel);
        TYPE.cast(a10b).intoArray(g, gAt + 10 * panel + LANES);
        TYPE.cast(a11a).intoArray(g, gAt + 11 * panel);
        TYPE.cast(a11b).intoArray(g, gAt + 11 * panel + LANES);
    }

    /** 16 rows, 1 vector of channels. */
    static void outer16x1(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, g, gAt);
        FloatVector a1 = FloatVector.fromArray(FLOATS, g, gAt + panel);
        FloatVector a2 = FloatVector.fromArray(FLOATS, g, gAt + 2 * panel);
        FloatVector a3 = FloatVector.fromArray(FLOATS, g, gAt + 3 * panel);
        FloatVector a4 = FloatVector.fromArray(FLOATS, g, gAt + 4 * panel);
        FloatVector a5 = FloatVector.fromArray(FLOATS, g, gAt + 5 * panel);
        FloatVector a6 = FloatVector.fromArray(FLOATS, g, gAt + 6 * panel);
        FloatVector a7 = FloatVector.fromArray(FLOATS, g, gAt + 7 * panel);
        FloatVector a8 = FloatVector.fromArray(FLOATS, g, gAt + 8 * panel);
        FloatVector a9 = FloatVector.fromArray(FLOATS, g, gAt + 9 * panel);
        FloatVector a10 = FloatVector.fromArray(FLOATS, g, gAt + 10 * panel);
        FloatVector a11 = FloatVector.fromArray(FLOATS, g, gAt + 11 * panel);
        FloatVector a12 = FloatVector.fromArray(FLOATS, g, gAt + 12 * panel);
        FloatVector a13 = FloatVector.fromArray(FLOATS, g, gAt + 13 * panel);
        FloatVector a14 = FloatVector.fromArray(FLOATS, g, gAt + 14 * panel);
        FloatVector a15 = FloatVector.fromArray(FLOATS, g, gAt + 15 * panel);
        for (int p = from; p < to; p++) {
            int b = sources[p] + xAt;
            int d = dyAt + (p - from) * panel;
            FloatVector d0 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d));
            a0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b])).fma(d0, TYPE.cast(a0));
            a1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 1])).fma(d0, TYPE.cast(a1));
            a2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 2])).fma(d0, TYPE.cast(a2));
            a3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 3])).fma(d0, TYPE.cast(a3));
            a4 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 4])).fma(d0, TYPE.cast(a4));
            a5 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 5])).fma(d0, TYPE.cast(a5));
            a6 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 6])).fma(d0, TYPE.cast(a6));
            a7 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 7])).fma(d0, TYPE.cast(a7));
            a8 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 8])).fma(d0, TYPE.cast(a8));
            a9 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 9])).fma(d0, TYPE.cast(a9));
            a10 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 10])).fma(d0, TYPE.cast(a10));
            a11 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 11])).fma(d0, TYPE.cast(a11));
            a12 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 12])).fma(d0, TYPE.cast(a12));
            a13 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 13])).fma(d0, TYPE.cast(a13));
            a14 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 14])).fma(d0, TYPE.cast(a14));
            a15 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 15])).fma(d0, TYPE.cast(a15));
        }
        TYPE.cast(a0).intoArray(g, gAt);
        TYPE.cast(a1).intoArray(g, gAt + panel);
        TYPE.cast(a2).intoArray(g, gAt + 2 * panel);
        TYPE.cast(a3).intoArray(g, gAt + 3 * panel);
        TYPE.cast(a4).intoArray(g, gAt + 4 * panel);
        TYPE.cast(a5).intoArray(g, gAt + 5 * panel);
        TYPE.cast(a6).intoArray(g, gAt + 6 * panel);
        TYPE.cast(a7).intoArray(g, gAt + 7 * panel);
        TYPE.cast(a8).intoArray(g, gAt + 8 * panel);
        TYPE.cast(a9).intoArray(g, gAt + 9 * panel);
        TYPE.cast(a10).intoArray(g, gAt + 10 * panel);
        TYPE.cast(a11).intoArray(g, gAt + 11 * panel);
        TYPE.cast(a12).intoArray(g, gAt + 12 * panel);
        TYPE.cast(a13).intoArray(g, gAt + 13 * panel);
        TYPE.cast(a14).intoArray(g, gAt + 14 * panel);
        TYPE.cast(a15).intoArray(g, gAt + 15 * panel);
    }

    /** 4 rows, 2 vectors of channels. */
    static void outer4x2(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0a = FloatVector.fromArray(FLOATS, g, gAt);
        FloatVector a0b = FloatVector.fromArray(FLOATS, g, gAt + LANES);
        FloatVector a1a = FloatVector.fromArray(FLOATS, g, gAt + panel);
        FloatVector a1b = FloatVector.fromArray(FLOATS, g, gAt + panel + LANES);
        FloatVector a2a = FloatVector.fromArray(FLOATS, g, gAt + 2 * panel);
        FloatVector a2b = FloatVector.fromArray(FLOATS, g, gAt + 2 * panel + LANES);
        FloatVector a3a = FloatVector.fromArray(FLOATS, g, gAt + 3 * panel);
        FloatVector a3b = FloatVector.fromArray(FLOATS, g, gAt + 3 * panel + LANES);
        for (int p = from; p < to; p++) {
            int b = sources[p] + xAt;
            int d = dyAt + (p - from) * panel;
            FloatVector d0 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d));
            FloatVector d1 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d + LANES));
            FloatVector s0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b]));
            a0a = s0.fma(d0, TYPE.cast(a0a));
            a0b = s0.fma(d1, TYPE.cast(a0b));
            FloatVector s1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 1]));
            a1a = s1.fma(d0, TYPE.cast(a1a));
            a1b = s1.fma(d1, TYPE.cast(a1b));
            FloatVector s2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 2]));
            a2a = s2.fma(d0, TYPE.cast(a2a));
            a2b = s2.fma(d1, TYPE.cast(a2b));
            FloatVector s3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 3]));
            a3a = s3.fma(d0, TYPE.cast(a3a));
            a3b = s3.fma(d1, TYPE.cast(a3b));
        }
        TYPE.cast(a0a).intoArray(g, gAt);
        TYPE.cast(a0b).intoArray(g, gAt + LANES);
        TYPE.cast(a1a).intoArray(g, gAt + panel);
        TYPE.cast(a1b).intoArray(g, gAt + panel + LANES);
        TYPE.cast(a2a).intoArray(g, gAt + 2 * panel);
        TYPE.cast(a2b).intoArray(g, gAt + 2 * panel + LANES);
        TYPE.cast(a3a).intoArray(g, gAt + 3 * panel);
        TYPE.cast(a3b).intoArray(g, gAt + 3 * panel + LANES);
    }

    /** 4 rows, 1 vector of channels. */
    static void outer4x1(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, g, gAt);
        FloatVector a1 = FloatVector.fromArray(FLOATS, g, gAt + panel);
        FloatVector a2 = FloatVector.fromArray(FLOATS, g, gAt + 2 * panel);
        FloatVector a3 = FloatVector.fromArray(FLOATS, g, gAt + 3 * panel);
        for (int p = from; p < to; p++) {
            int b = sources[p] + xAt;
            int d = dyAt + (p - from) * panel;
            FloatVector d0 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d));
            a0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b])).fma(d0, TYPE.cast(a0));
            a1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 1])).fma(d0, TYPE.cast(a1));
            a2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 2])).fma(d0, TYPE.cast(a2));
            a3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 3])).fma(d0, TYPE.cast(a3));
        }
        TYPE.cast(a0).intoArray(g, gAt);
        TYPE.cast(a1).intoArray(g, gAt + panel);
        TYPE.cast(a2).intoArray(g, gAt + 2 * panel);
        TYPE.cast(a3).intoArray(g, gAt + 3 * panel);
    }

    /** 1 row, 2 vectors of channels. */
    static void outer1x2(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0a = FloatVector.fromArray(FLOATS, g, gAt);
        FloatVector a0b = FloatVector.fromArray(FLOATS, g, gAt + LANES);
        for (int p = from; p < to; p++) {
            int b = sources[p] + xAt;
            int d = dyAt + (p - from) * panel;
            FloatVector d0 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d));
            FloatVector d1 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d + LANES));
            FloatVector s0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b]));
            a0a = s0.fma(d0, TYPE.cast(a0a));
            a0b = s0.fma(d1, TYPE.cast(a0b));
        }
        TYPE.cast(a0a).intoArray(g, gAt);
        TYPE.cast(a0b).intoArray(g, gAt + LANES);
    }

    /** 1 row, 1 vector of channels. */
    static void outer1x1(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, g, gAt);
        for (int p = from; p < to; p++) {
            int b = sources[p] + xAt;
            int d = dyAt + (p - from) * panel;
            FloatVector d0 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d));
            a0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b])).fma(d0, TYPE.cast(a0));
        }
        TYPE.cast(a0).intoArray(g, gAt);
    }
}
