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
        for (int p = from; p < to; p++) {
            boolean fillsUp = p > from && targets[p] == targets[p - 1];
            if (fillsUp) {
                return;
            }
            int target = targets[p] + yAt;
            if (first) {
                Arrays.fill(y, target, target + panel, 0);
            }
            for (int k = 0; k < count; k++) {
                addProducts(x[sources[p] + xAt + k], w, wAt + k * panel, y, target, panel);
            }
        }
    }

    @Override
    public void outer(
            float[] x, int[] sources, int xAt, int rows, float[] dy, int from, int to, float[] g, int gAt, int panel) {
        for (int p = from; p < to; p++) {
            for (int i = 0; i < rows; i++) {
                addProducts(x[sources[p] + xAt + i], dy, (p - from) * panel, g, gAt + i * panel, panel);
            }
        }
    }

    /** A loop without branches, which HotSpot turns into vectors of its own. */
    private static void addProducts(float factor, float[] from, int at, float[] to, int toAt, int count) {
        for (int c = 0; c < count; c++) {
            to[toAt + c] = Math.fma(factor, from[at + c], to[toAt + c]);
        }
    }
}
