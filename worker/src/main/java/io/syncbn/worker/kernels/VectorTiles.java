package io.syncbn.worker.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles on the JDK's Vector API: a lane is a channel of the result, so that the width of vectors cannot show. */
final class VectorTiles implements Tiles {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final int LANES = FLOATS.length();

    /** What accumulators begin with; from an array, because HotSpot does worse by one constant for all. */
    static final float[] ZEROS = new float[16 * LANES];

    /** Whether a vector holds a block; then there are 32 registers. Otherwise there may be 16. */
    private static final boolean IS_WIDE = LANES >= BLOCK;

    @Override
    public void taps(
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
            int from,
            int to) {
        if (!IS_WIDE) {
            for (int c = 0; c < panel; c += 2 * LANES) {
                for (int p = from; p < to; p += 4) {
                    if (isNew(targets, p, from)) {
                        VectorTaps.taps4x2(x, sources, xAt, count, w, wAt + c, panel, y, targets, yAt + c, p);
                    }
                }
            }
        } else if (panel == 4 * BLOCK) {
            for (int p = from; p < to; p += 4) {
                if (isNew(targets, p, from)) {
                    VectorTaps.taps4x4(x, sources, xAt, count, w, wAt, y, targets, yAt, p);
                }
            }
        } else if (panel == 2 * BLOCK) {
            for (int p = from; p < to; p += 8) {
                VectorTaps.taps8x2(x, sources, xAt, count, w, wAt, y, targets, yAt, p);
            }
        } else {
            for (int p = from; p < to; p += 8) {
                if (count % 2 == 0) {
                    VectorBlockTaps.taps8x1Twice(x, sources, xAt, count, w, wAt, y, targets, yAt, p);
                } else {
                    VectorBlockTaps.taps8x1(x, sources, xAt, count, w, wAt, y, targets, yAt, p);
                }
            }
        }
    }

    /** Whether half a group has a pixel that does not only fill it up; such a half would be added twice. */
    private static boolean isNew(int[] targets, int half, int from) {
        return half == from || targets[half] != targets[half - 1];
    }

    @Override
    public void outer(
            float[] x, int[] sources, int xAt, int rows, float[] dy, int from, int to, float[] g, int gAt, int panel) {
        if (IS_WIDE && panel == BLOCK) {
            for (int i = 0, next; i < rows; i = next) {
                int at = gAt + i * panel;
                if (rows - i >= 12) {
                    VectorOuterProducts.outer12x1(x, sources, xAt + i, dy, 0, from, to, g, at, panel);
                    next = i + 12;
                } else if (rows - i >= 4) {
                    VectorOuterProducts.outer4x1(x, sources, xAt + i, dy, 0, from, to, g, at, panel);
                    next = i + 4;
                } else {
                    VectorOuterProducts.outer1x1(x, sources, xAt + i, dy, 0, from, to, g, at, panel);
                    next = i + 1;
                }
            }
            return;
        }
        for (int c = 0; c < panel; c += 2 * LANES) {
            for (int i = 0, next; i < rows; i = next) {
                int at = gAt + i * panel + c;
                if (IS_WIDE && rows - i >= 8) {
                    VectorOuterProducts.outer8x2(x, sources, xAt + i, dy, c, from, to, g, at, panel);
                    next = i + 8;
                } else if (rows - i >= 4) {
                    VectorOuterProducts.outer4x2(x, sources, xAt + i, dy, c, from, to, g, at, panel);
                    next = i + 4;
                } else {
                    VectorOuterProducts.outer1x2(x, sources, xAt + i, dy, c, from, to, g, at, panel);
                    next = i + 1;
                }
            }
        }
    }
}
