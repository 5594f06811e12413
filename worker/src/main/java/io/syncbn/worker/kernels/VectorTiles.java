package io.syncbn.worker.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles on the JDK's Vector API: a lane is a channel of the result, so that the width of vectors cannot show. */
final class VectorTiles implements Tiles {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final int LANES = FLOATS.length();
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
            int to,
            boolean first) {
        if (IS_WIDE && panel == PANEL) {
            for (int p = from; p < to; p += 8) {
                VectorTaps.taps8x2(x, sources, xAt, count, w, wAt, panel, y, targets, yAt, p, first);
            }
        } else if (IS_WIDE) {
            for (int p = from; p < to; p += 8) {
                VectorTaps.taps8x1(x, sources, xAt, count, w, wAt, panel, y, targets, yAt, p, first);
            }
        } else {
            for (int c = 0; c < panel; c += 2 * LANES) {
                for (int p = from; p < to; p += 4) {
                    boolean fillsUp = p > from && targets[p] == targets[p - 1];
                    if (!fillsUp) {
                        VectorTaps.taps4x2(x, sources, xAt, count, w, wAt + c, panel, y, targets, yAt + c, p, first);
                    }
                }
            }
        }
    }

    @Override
    public void outer(
            float[] x,
            int[] sources,
            int xAt,
            int rows,
            float[] dy,
            int[] targets,
            int dyAt,
            int from,
            int to,
            float[] g,
            int gAt,
            int panel) {
        for (int c = 0; c < panel; c += 2 * LANES) {
            int i = 0;
            while (i < rows) {
                int left = rows - i;
                int at = gAt + i * panel + c;
                if (IS_WIDE && panel == PANEL) {
                    if (left >= 12) {
                        VectorOuterProducts.outer12x2(x, sources, xAt + i, dy, targets, dyAt, from, to, g, at, panel);
                        i += 12;
                    } else if (left >= 4) {
                        VectorOuterProducts.outer4x2(x, sources, xAt + i, dy, targets, dyAt, from, to, g, at, panel);
                        i += 4;
                    } else {
                        VectorOuterProducts.outer1x2(x, sources, xAt + i, dy, targets, dyAt, from, to, g, at, panel);
                        i++;
                    }
                } else if (IS_WIDE) {
                    if (left >= 12) {
                        VectorOuterProducts.outer12x1(x, sources, xAt + i, dy, targets, dyAt, from, to, g, at, panel);
                        i += 12;
                    } else if (left >= 4) {
                        VectorOuterProducts.outer4x1(x, sources, xAt + i, dy, targets, dyAt, from, to, g, at, panel);
                        i += 4;
                    } else {
                        VectorOuterProducts.outer1x1(x, sources, xAt + i, dy, targets, dyAt, from, to, g, at, panel);
                        i++;
                    }
                } else if (left >= 4) {
                    VectorOuterProducts.outer4x2(x, sources, xAt + i, dy, targets, dyAt + c, from, to, g, at, panel);
                    i += 4;
                } else {
                    VectorOuterProducts.outer1x2(x, sources, xAt + i, dy, targets, dyAt + c, from, to, g, at, panel);
                    i++;
                }
            }
        }
    }
}
