package io.syncbn.worker.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Sums over taps for a panel of one block, where a vector holds a block; for their shape see {@link VectorTaps}. */
final class VectorBlockTaps {
    private static final VectorSpecies<Float> FLOATS = VectorTiles.FLOATS;
    private static final int LANES = VectorTiles.LANES;
    private static final Class<FloatVector> TYPE = VectorType.of(FLOATS);

    private static final float[] ZEROS = VectorTiles.ZEROS;

    private VectorBlockTaps() {}

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
        FloatVector a0 = FloatVector.fromArray(FLOATS, ZEROS, 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, ZEROS, LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, ZEROS, 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, ZEROS, 3 * LANES);
        FloatVector a4 = FloatVector.fromArray(FLOATS, ZEROS, 4 * LANES);
        FloatVector a5 = FloatVector.fromArray(FLOATS, ZEROS, 5 * LANES);
        FloatVector a6 = FloatVector.fromArray(FLOATS, ZEROS, 6 * LANES);
        FloatVector a7 = FloatVector.fromArray(FLOATS, ZEROS, 7 * LANES);
        for (int k = 0; k < count; k += 2) {
            int i = wAt + k * 16;
            FloatVector w00 = TYPE.cast(FloatVector.fromArray(FLOATS, w, i));
            a0 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x0 + k])).fma(w00, TYPE.cast(a0));
            a1 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x1 + k])).fma(w00, TYPE.cast(a1));
            a2 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x2 + k])).fma(w00, TYPE.cast(a2));
            a3 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x3 + k])).fma(w00, TYPE.cast(a3));
            a4 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x4 + k])).fma(w00, TYPE.cast(a4));
            a5 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x5 + k])).fma(w00, TYPE.cast(a5));
            a6 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x6 + k])).fma(w00, TYPE.cast(a6));
            a7 = TYPE.cast(FloatVector.broadcast(FLOATS, x[x7 + k])).fma(w00, TYPE.cast(a7));
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
        a0 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y0)).add(TYPE.cast(a0));
        a1 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y1)).add(TYPE.cast(a1));
        a2 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y2)).add(TYPE.cast(a2));
        a3 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y3)).add(TYPE.cast(a3));
        a4 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y4)).add(TYPE.cast(a4));
        a5 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y5)).add(TYPE.cast(a5));
        a6 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y6)).add(TYPE.cast(a6));
        a7 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y7)).add(TYPE.cast(a7));
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
        FloatVector a0 = FloatVector.fromArray(FLOATS, ZEROS, 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, ZEROS, LANES);
        FloatVector a2 = FloatVector.fromArray(FLOATS, ZEROS, 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(FLOATS, ZEROS, 3 * LANES);
        FloatVector a4 = FloatVector.fromArray(FLOATS, ZEROS, 4 * LANES);
        FloatVector a5 = FloatVector.fromArray(FLOATS, ZEROS, 5 * LANES);
        FloatVector a6 = FloatVector.fromArray(FLOATS, ZEROS, 6 * LANES);
        FloatVector a7 = FloatVector.fromArray(FLOATS, ZEROS, 7 * LANES);
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
        a0 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y0)).add(TYPE.cast(a0));
        a1 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y1)).add(TYPE.cast(a1));
        a2 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y2)).add(TYPE.cast(a2));
        a3 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y3)).add(TYPE.cast(a3));
        a4 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y4)).add(TYPE.cast(a4));
        a5 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y5)).add(TYPE.cast(a5));
        a6 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y6)).add(TYPE.cast(a6));
        a7 = TYPE.cast(FloatVector.fromArray(FLOATS, y, y7)).add(TYPE.cast(a7));
        TYPE.cast(a0).intoArray(y, y0);
        TYPE.cast(a1).intoArray(y, y1);
        TYPE.cast(a2).intoArray(y, y2);
        TYPE.cast(a3).intoArray(y, y3);
        TYPE.cast(a4).intoArray(y, y4);
        TYPE.cast(a5).intoArray(y, y5);
        TYPE.cast(a6).intoArray(y, y6);
        TYPE.cast(a7).intoArray(y, y7);
    }
}
