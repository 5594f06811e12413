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
            int to) {
        float[] sums = new float[panel];
        for (int p = from; p < to; p++) {
            boolean fillsUp = p > from && targets[p] == targets[p - 1];
            if (fillsUp) {
                return;
            }
            Arrays.fill(sums, 0);
            for (int k = 0; k < count; k++) {
                addProducts(x[sources[p] + xAt + k], w, wAt + k * panel, sums, panel);
            }
            add(sums, y, targets[p] + yAt);
        }
    }

    @Override
    public void outer(
            float[] x, int[] sources, int xAt, int rows, float[] dy, int from, int to, float[] g, int gAt, int panel) {
        float[] sums = new float[panel];
        for (int i = 0; i < rows; i++) {
            Arrays.fill(sums, 0);
            for (int p = from; p < to; p++) {
                addProducts(x[sources[p] + xAt + i], dy, (p - from) * panel, sums, panel);
            }
            add(sums, g, gAt + i * panel);
        }
    }

    /** A loop without branches, which HotSpot turns into vectors of its own. */
    private static void addProducts(float factor, float[] from, int at, float[] sums, int count) {
        for (int c = 0; c < count; c++) {
            sums[c] = Math.fma(factor, from[at + c], sums[c]);
        }
    }

    private static void add(float[] sums, float[] to, int at) {
        for (int c = 0; c < sums.length; c++) {
            to[at + c] += sums[c];
        }
    }
}
