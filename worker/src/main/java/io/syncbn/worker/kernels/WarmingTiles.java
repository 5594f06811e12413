package io.syncbn.worker.kernels;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Plain tiles until the vector tiles are compiled ({@link WarmUp}). Both give equal bits, so the change-over does not show in
 * results.
 *
 * <p>Thread-safe.
 */
final class WarmingTiles implements Tiles {
    /** One per JVM, because compiled code is shared by the whole JVM. */
    static final Tiles OF_THIS_JVM = new WarmingTiles(new PlainTiles(), new VectorTiles(), WarmUp.ofThisJvm());

    /** The most numbers that are summed up. */
    private static final int LENGTH = 3;

    /** Whole tiles and each of the smaller ones behind them. */
    private static final int ROWS = 12 + 8 + 1;

    private final Tiles vectors;
    private final WarmUp warmUp;
    private final AtomicBoolean isWarming = new AtomicBoolean();
    private volatile Tiles present;

    WarmingTiles(Tiles plain, Tiles vectors, WarmUp warmUp) {
        this.vectors = vectors;
        this.warmUp = warmUp;
        present = plain;
    }

    private Tiles present() {
        Tiles tiles = present;
        if (tiles != vectors && !isWarming.get() && isWarming.compareAndSet(false, true)) {
            warmUp.start("warm-up of tiles", round(), () -> present = vectors);
        }
        return tiles;
    }

    /** Runs every tile; the numbers do not matter. */
    private Runnable round() {
        int[] places = new int[GROUP];
        Arrays.setAll(places, i -> i * PANEL);
        float[] numbers = new float[GROUP * PANEL + ROWS];
        float[] results = new float[Math.max(GROUP, ROWS) * PANEL];
        return () -> {
            for (int panel = BLOCK; panel <= PANEL; panel *= 2) {
                for (int count = LENGTH - 1; count <= LENGTH; count++) { // even and odd
                    vectors.taps(numbers, places, 0, count, numbers, 0, panel, results, places, 0, 0, GROUP);
                }
                vectors.outer(numbers, places, 0, ROWS, numbers, 0, LENGTH, results, 0, panel);
            }
        };
    }

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
        present().taps(x, sources, xAt, count, w, wAt, panel, y, targets, yAt, from, to);
    }

    @Override
    public void outer(
            float[] x, int[] sources, int xAt, int rows, float[] dy, int from, int to, float[] g, int gAt, int panel) {
        present().outer(x, sources, xAt, rows, dy, from, to, g, gAt, panel);
    }
}
