package io.syncbn.worker.kernels;

/**
 * The two sums that convolutions, matrix products and their gradients consist of. Each number of a result is one chain of
 * fused multiply-adds, rounded once each ({@link Math#fma(float, float, float)}), in the order that is written at each
 * method: so its bits are the same on all processors, whatever the width of vectors.
 */
interface Tiles {
    /** Channels of results come in whole blocks of this many, filled up with zeros, on every processor alike. */
    int BLOCK = 16;

    /** Pixels of a result are taken in groups: lists of them are filled up to a multiple of this with their last one. */
    int GROUP = 12;

    /**
     * Where pixels of a result come from and go to.
     *
     * @param count how many there are
     * @param sources for each, where its first number stands in x
     * @param targets for each, where its channels stand in y
     */
    record Pixels(int count, int[] sources, int[] targets) {}

    /**
     * For each pixel and each channel c: y[target + c] += Σ x[source + tap + k] · w[wAt + k · pitch + c], k ascending from 0 to
     * count − 1; the chain goes on from y, or begins with 0.
     *
     * @param channels whole blocks
     * @param first whether the chain begins
     */
    void taps(
            float[] x,
            Pixels pixels,
            int tap,
            int count,
            float[] w,
            int wAt,
            int pitch,
            float[] y,
            int channels,
            boolean first);

    /**
     * For each input i and each channel c: g[gAt + i · channels + c] += Σ x[xs[p] + xAt + i] · dy[dys[p] + c], p ascending from
     * {@code from} to {@code to} − 1; the chain goes on from g.
     *
     * @param channels whole blocks
     */
    void outer(
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
            int channels);
}
