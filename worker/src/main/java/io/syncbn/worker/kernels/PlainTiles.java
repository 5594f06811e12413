package io.syncbn.worker.kernels;

/** Tiles as simple loops, for JVMs without the vector module, and until the vector tiles are compiled. */
final class PlainTiles implements Tiles {

    @Override
    public void taps(
            float[] x,
            Pixels pixels,
            int tap,
            int count,
            float[] w,
            int wAt,
            int pitch,
            float[] y,
            int channels,
            boolean first) {
        for (int p = 0; p < pixels.count(); p++) {
            int source = pixels.sources()[p] + tap;
            int target = pixels.targets()[p];
            if (first) {
                java.util.Arrays.fill(y, target, target + channels, 0);
            }
            for (int k = 0; k < count; k++) {
                addProducts(x[source + k], w, wAt + k * pitch, y, target, channels);
            }
        }
    }

    @Override
    public void outer(
            float[] x,
            int xAt,
            int[] xs,
            float[] dy,
            int[] dys,
            int from,
            int to,
            float[] g,
            int gAt,
            int inputs,
            int channels) {
        for (int p = from; p < to; p++) {
            for (int i = 0; i < inputs; i++) {
                addProducts(x[xs[p] + xAt + i], dy, dys[p], g, gAt + i * channels, channels);
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
