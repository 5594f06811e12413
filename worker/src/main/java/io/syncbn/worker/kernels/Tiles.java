package io.syncbn.worker.kernels;

/**
 * The two sums that convolutions, matrix products and their gradients consist of. Each number of a result is a sum of chains of
 * fused multiply-adds, rounded once each ({@link Math#fma(float, float, float)}), in the order that is written at each method: so
 * its bits are the same on all processors, whatever the width of vectors.
 */
interface Tiles {
    /** Channels of results come in whole blocks of this many, filled up with zeros, on every processor alike. */
    int BLOCK = 16;

    /** The most channels of a panel of weights, which has 1, 2 or 4 blocks. */
    int PANEL = 4 * BLOCK;

    /** Pixels of a result are taken in groups of this many: lists of them are filled up with their last one. */
    int GROUP = 8;

    /**
     * For each pixel p of a list and each channel c of a panel: y[targets[p] + yAt + c] += Σ x[sources[p] + xAt + k] · w[wAt + k
     * · panel + c], k ascending from 0 to count − 1; the chain begins with 0, and its end is added to y.
     *
     * @param from the first pixel
     * @param to behind the last one; whole groups
     * @param panel its channels: 1, 2 or 4 blocks
     */
    void taps(
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
            int to);

    /**
     * For each row i and each channel c of a panel: g[gAt + i · panel + c] += Σ x[sources[p] + xAt + i] · dy[(p − from) · panel
     * + c], p ascending from {@code from} to {@code to} − 1; the chain begins with 0, and its end is added to g.
     *
     * @param dy of the panel's channels alone, and of these pixels: side by side they all fit into a first-level cache
     * @param panel its channels: 1, 2 or 4 blocks
     */
    void outer(
            float[] x, int[] sources, int xAt, int rows, float[] dy, int from, int to, float[] g, int gAt, int panel);
}
