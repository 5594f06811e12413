package io.syncbn.worker.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Outer products for some rows and vectors of channels, summed over pixels; for their shape see {@link VectorTaps}. */
final class VectorOuterProducts {
    private static final VectorSpecies<Float> FLOATS = VectorTiles.FLOATS;
    private static final int LANES = VectorTiles.LANES;
    private static final Class<FloatVector> TYPE = VectorType.of(FLOATS);

    private static final float[] ZEROS = VectorTiles.ZEROS;

    private VectorOuterProducts() {}

    /** 8 rows, 2 vectors of channels. */
    static void outer8x2(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
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
        }
        a0a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt)).add(TYPE.cast(a0a));
        TYPE.cast(a0a).intoArray(g, gAt);
        a0b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + LANES)).add(TYPE.cast(a0b));
        TYPE.cast(a0b).intoArray(g, gAt + LANES);
        a1a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + panel)).add(TYPE.cast(a1a));
        TYPE.cast(a1a).intoArray(g, gAt + panel);
        a1b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + panel + LANES)).add(TYPE.cast(a1b));
        TYPE.cast(a1b).intoArray(g, gAt + panel + LANES);
        a2a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 2 * panel)).add(TYPE.cast(a2a));
        TYPE.cast(a2a).intoArray(g, gAt + 2 * panel);
        a2b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 2 * panel + LANES))
                .add(TYPE.cast(a2b));
        TYPE.cast(a2b).intoArray(g, gAt + 2 * panel + LANES);
        a3a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 3 * panel)).add(TYPE.cast(a3a));
        TYPE.cast(a3a).intoArray(g, gAt + 3 * panel);
        a3b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 3 * panel + LANES))
                .add(TYPE.cast(a3b));
        TYPE.cast(a3b).intoArray(g, gAt + 3 * panel + LANES);
        a4a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 4 * panel)).add(TYPE.cast(a4a));
        TYPE.cast(a4a).intoArray(g, gAt + 4 * panel);
        a4b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 4 * panel + LANES))
                .add(TYPE.cast(a4b));
        TYPE.cast(a4b).intoArray(g, gAt + 4 * panel + LANES);
        a5a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 5 * panel)).add(TYPE.cast(a5a));
        TYPE.cast(a5a).intoArray(g, gAt + 5 * panel);
        a5b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 5 * panel + LANES))
                .add(TYPE.cast(a5b));
        TYPE.cast(a5b).intoArray(g, gAt + 5 * panel + LANES);
        a6a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 6 * panel)).add(TYPE.cast(a6a));
        TYPE.cast(a6a).intoArray(g, gAt + 6 * panel);
        a6b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 6 * panel + LANES))
                .add(TYPE.cast(a6b));
        TYPE.cast(a6b).intoArray(g, gAt + 6 * panel + LANES);
        a7a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 7 * panel)).add(TYPE.cast(a7a));
        TYPE.cast(a7a).intoArray(g, gAt + 7 * panel);
        a7b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 7 * panel + LANES))
                .add(TYPE.cast(a7b));
        TYPE.cast(a7b).intoArray(g, gAt + 7 * panel + LANES);
    }

    /** 12 rows, 1 vector of channels. */
    static void outer12x1(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, ZEROS, 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, ZEROS, LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, ZEROS, 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, ZEROS, 3 * LANES);
        FloatVector a4 = FloatVector.fromArray(FLOATS, ZEROS, 4 * LANES);
        FloatVector a5 = FloatVector.fromArray(FLOATS, ZEROS, 5 * LANES);
        FloatVector a6 = FloatVector.fromArray(FLOATS, ZEROS, 6 * LANES);
        FloatVector a7 = FloatVector.fromArray(FLOATS, ZEROS, 7 * LANES);
        FloatVector a8 = FloatVector.fromArray(FLOATS, ZEROS, 8 * LANES);
        FloatVector a9 = FloatVector.fromArray(FLOATS, ZEROS, 9 * LANES);
        FloatVector a10 = FloatVector.fromArray(FLOATS, ZEROS, 10 * LANES);
        FloatVector a11 = FloatVector.fromArray(FLOATS, ZEROS, 11 * LANES);
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
        }
        a0 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt)).add(TYPE.cast(a0));
        TYPE.cast(a0).intoArray(g, gAt);
        a1 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + panel)).add(TYPE.cast(a1));
        TYPE.cast(a1).intoArray(g, gAt + panel);
        a2 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 2 * panel)).add(TYPE.cast(a2));
        TYPE.cast(a2).intoArray(g, gAt + 2 * panel);
        a3 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 3 * panel)).add(TYPE.cast(a3));
        TYPE.cast(a3).intoArray(g, gAt + 3 * panel);
        a4 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 4 * panel)).add(TYPE.cast(a4));
        TYPE.cast(a4).intoArray(g, gAt + 4 * panel);
        a5 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 5 * panel)).add(TYPE.cast(a5));
        TYPE.cast(a5).intoArray(g, gAt + 5 * panel);
        a6 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 6 * panel)).add(TYPE.cast(a6));
        TYPE.cast(a6).intoArray(g, gAt + 6 * panel);
        a7 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 7 * panel)).add(TYPE.cast(a7));
        TYPE.cast(a7).intoArray(g, gAt + 7 * panel);
        a8 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 8 * panel)).add(TYPE.cast(a8));
        TYPE.cast(a8).intoArray(g, gAt + 8 * panel);
        a9 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 9 * panel)).add(TYPE.cast(a9));
        TYPE.cast(a9).intoArray(g, gAt + 9 * panel);
        a10 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 10 * panel)).add(TYPE.cast(a10));
        TYPE.cast(a10).intoArray(g, gAt + 10 * panel);
        a11 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 11 * panel)).add(TYPE.cast(a11));
        TYPE.cast(a11).intoArray(g, gAt + 11 * panel);
    }

    /** 4 rows, 2 vectors of channels. */
    static void outer4x2(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0a = FloatVector.fromArray(FLOATS, ZEROS, 0);
        FloatVector a0b = FloatVector.fromArray(FLOATS, ZEROS, LANES);
        FloatVector a1a = FloatVector.fromArray(FLOATS, ZEROS, 2 * LANES);
        FloatVector a1b = FloatVector.fromArray(FLOATS, ZEROS, 3 * LANES);
        FloatVector a2a = FloatVector.fromArray(FLOATS, ZEROS, 4 * LANES);
        FloatVector a2b = FloatVector.fromArray(FLOATS, ZEROS, 5 * LANES);
        FloatVector a3a = FloatVector.fromArray(FLOATS, ZEROS, 6 * LANES);
        FloatVector a3b = FloatVector.fromArray(FLOATS, ZEROS, 7 * LANES);
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
        a0a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt)).add(TYPE.cast(a0a));
        TYPE.cast(a0a).intoArray(g, gAt);
        a0b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + LANES)).add(TYPE.cast(a0b));
        TYPE.cast(a0b).intoArray(g, gAt + LANES);
        a1a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + panel)).add(TYPE.cast(a1a));
        TYPE.cast(a1a).intoArray(g, gAt + panel);
        a1b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + panel + LANES)).add(TYPE.cast(a1b));
        TYPE.cast(a1b).intoArray(g, gAt + panel + LANES);
        a2a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 2 * panel)).add(TYPE.cast(a2a));
        TYPE.cast(a2a).intoArray(g, gAt + 2 * panel);
        a2b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 2 * panel + LANES))
                .add(TYPE.cast(a2b));
        TYPE.cast(a2b).intoArray(g, gAt + 2 * panel + LANES);
        a3a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 3 * panel)).add(TYPE.cast(a3a));
        TYPE.cast(a3a).intoArray(g, gAt + 3 * panel);
        a3b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 3 * panel + LANES))
                .add(TYPE.cast(a3b));
        TYPE.cast(a3b).intoArray(g, gAt + 3 * panel + LANES);
    }

    /** 4 rows, 1 vector of channels. */
    static void outer4x1(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, ZEROS, 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, ZEROS, LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, ZEROS, 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, ZEROS, 3 * LANES);
        for (int p = from; p < to; p++) {
            int b = sources[p] + xAt;
            int d = dyAt + (p - from) * panel;
            FloatVector d0 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d));
            a0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b])).fma(d0, TYPE.cast(a0));
            a1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 1])).fma(d0, TYPE.cast(a1));
            a2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 2])).fma(d0, TYPE.cast(a2));
            a3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b + 3])).fma(d0, TYPE.cast(a3));
        }
        a0 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt)).add(TYPE.cast(a0));
        TYPE.cast(a0).intoArray(g, gAt);
        a1 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + panel)).add(TYPE.cast(a1));
        TYPE.cast(a1).intoArray(g, gAt + panel);
        a2 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 2 * panel)).add(TYPE.cast(a2));
        TYPE.cast(a2).intoArray(g, gAt + 2 * panel);
        a3 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + 3 * panel)).add(TYPE.cast(a3));
        TYPE.cast(a3).intoArray(g, gAt + 3 * panel);
    }

    /** 1 row, 2 vectors of channels. */
    static void outer1x2(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0a = FloatVector.fromArray(FLOATS, ZEROS, 0);
        FloatVector a0b = FloatVector.fromArray(FLOATS, ZEROS, LANES);
        for (int p = from; p < to; p++) {
            int b = sources[p] + xAt;
            int d = dyAt + (p - from) * panel;
            FloatVector d0 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d));
            FloatVector d1 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d + LANES));
            FloatVector s0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b]));
            a0a = s0.fma(d0, TYPE.cast(a0a));
            a0b = s0.fma(d1, TYPE.cast(a0b));
        }
        a0a = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt)).add(TYPE.cast(a0a));
        TYPE.cast(a0a).intoArray(g, gAt);
        a0b = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt + LANES)).add(TYPE.cast(a0b));
        TYPE.cast(a0b).intoArray(g, gAt + LANES);
    }

    /** 1 row, 1 vector of channels. */
    static void outer1x1(
            float[] x, int[] sources, int xAt, float[] dy, int dyAt, int from, int to, float[] g, int gAt, int panel) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, ZEROS, 0);
        for (int p = from; p < to; p++) {
            int b = sources[p] + xAt;
            int d = dyAt + (p - from) * panel;
            FloatVector d0 = TYPE.cast(FloatVector.fromArray(FLOATS, dy, d));
            a0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[b])).fma(d0, TYPE.cast(a0));
        }
        a0 = TYPE.cast(FloatVector.fromArray(FLOATS, g, gAt)).add(TYPE.cast(a0));
        TYPE.cast(a0).intoArray(g, gAt);
    }
}
