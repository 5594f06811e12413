package io.syncbn.worker.kernels;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Plain tiles until the vector tiles are compiled, as {@link WarmingKernels}: a thread of its own runs the vector tiles
 * meanwhile. Both give equal bits, so the change-over does not show in results.
 *
 * <p>Thread-safe.
 */
final class WarmingTiles implements Tiles {
    /** One per JVM, because compiled code is shared by the whole JVM. */
    static final Tiles OF_THIS_JVM = new WarmingTiles(new PlainTiles(), new VectorTiles());

    /** More than HotSpot needs to compile each tile at its highest level, behind which it is fast. */
    private static final int ROUNDS = 400;

    private static final int PIXELS = 4 * GROUP;
    /** Of a channel block, and of those with a vector beside whole pairs. */
    private static final int[] CHANNELS = {BLOCK, 2 * BLOCK};

    private static final int INPUTS = 20;

    private final Tiles vectors;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Tiles present;

    WarmingTiles(Tiles plain, Tiles vectors) {
        this.vectors = vectors;
        present = plain;
    }

    private Tiles present() {
        Tiles tiles = present;
        if (tiles != vectors && calls.incrementAndGet() == 1) {
            Thread thread = new Thread(this::warmUp, "warm-up of tiles");
            thread.setDaemon(true);
            thread.start();
        }
        return tiles;
    }

    /** The numbers do not matter. */
    private void warmUp() {
        int most = CHANNELS[CHANNELS.length - 1];
        int[] places = new int[PIXELS];
        Arrays.setAll(places, i -> i * most);
        Pixels pixels = new Pixels(PIXELS, places, places);
        float[] numbers = new float[PIXELS * most];
        float[] results = new float[PIXELS * most];
        for (int round = 0; round < ROUNDS; round++) {
            for (int channels : CHANNELS) {
                vectors.taps(numbers, pixels, 0, most, numbers, 0, most, results, channels, true);
                vectors.taps(numbers, pixels, 0, most, numbers, 0, most, results, channels, false);
                vectors.outer(numbers, 0, places, numbers, places, 0, PIXELS, results, 0, INPUTS, channels);
            }
        }
        present = vectors;
    }

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
        present().taps(x, pixels, tap, count, w, wAt, pitch, y, channels, first);
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
        present().outer(x, xAt, xs, dy, dys, from, to, g, gAt, inputs, channels);
    }
}
