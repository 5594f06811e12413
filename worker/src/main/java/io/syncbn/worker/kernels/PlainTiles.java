package io.syncbn.worker.kernels;

import java.util.Arrays;

/** Tiles as simple loops, for JVMs without the vector module, and until the vector tiles are compiled. */
final class PlainTiles implements Tiles {

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
        float[] sums = new float[panel];
        for (int p = from; p < to; p++) {
            if (p > from && targets[p] == targets[p - 1]) {
                return; // what fills up the last group
            }
            Arrays.fill(sums, 0);
            for (int k = 0; k < count; k++) {
                addProducts(x[sources[p] + xAt + k], w, wAt + k * panel, sums);
            }
            store(sums, y, targets[p] + yAt, first);
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
        float[] sums = new float[panel];
        for (int i = 0; i < rows; i++) {
            Arrays.fill(sums, 0);
            for (int p = from; p < to; p++) {
                addProducts(x[sources[p] + xAt + i], dy, targets[p] + dyAt, sums);
            }
            store(sums, g, gAt + i * panel, false);
        }
    }

    /** A loop without branches, which HotSpot turns into vectors of its own. */
    private static void addProducts(float factor, float[] from, int at, float[] sums) {
        for (int c = 0; c < sums.length; c++) {
            sums[c] = Math.fma(factor, from[at + c], sums[c]);
        }
    }

    private static void store(float[] sums, float[] to, int at, boolean first) {
        for (int c = 0; c < sums.length; c++) {
            to[at + c] = first ? sums[c] : to[at + c] + sums[c];
        }
    }
}
