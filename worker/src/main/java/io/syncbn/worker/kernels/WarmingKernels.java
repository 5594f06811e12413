package io.syncbn.worker.kernels;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Plain loops until the vector kernels are compiled. Before that, HotSpot makes an object and calls a lambda for every
 * operation of the Vector API: in its first step a JVM spends seven times as long in these kernels as in the plain
 * twin, and much of what its compilers do is for code that is never used again. So a thread of its own runs the vector
 * kernels until they are compiled, while all others use the plain twin. Both give equal bits, so the change-over does
 * not show in results.
 *
 * <p>Thread-safe.
 */
final class WarmingKernels implements ChannelKernels {
    /** One per JVM, because compiled code is shared by the whole JVM. */
    static final ChannelKernels OF_THIS_JVM = new WarmingKernels(new PlainKernels(), new SimdKernels());

    /** Calls before warm-up begins: about the first step of a small ResNet, which keeps a process busy enough. */
    static final int CALLS = 100;

    /** More rounds than HotSpot needs to compile the kernels at its highest level. */
    private static final int ROUNDS = 40;

    /** Channels and sizes as in a network's stages: the compiler optimizes for the loop lengths that it has seen. */
    private static final int[] CHANNELS = {16, 32, 64};

    private static final int SIZE = 16 * 1024;

    private final ChannelKernels vectors;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile ChannelKernels present;

    WarmingKernels(ChannelKernels plain, ChannelKernels vectors) {
        this.vectors = vectors;
        present = plain;
    }

    private ChannelKernels present() {
        ChannelKernels kernels = present;
        if (kernels != vectors && calls.incrementAndGet() == CALLS) {
            Thread thread = new Thread(this::warmUp, "warm-up");
            thread.setDaemon(true);
            thread.start();
        }
        return kernels;
    }

    private void warmUp() {
        float[] x = new float[SIZE];
        float[] y = new float[SIZE];
        for (int round = 0; round < ROUNDS; round++) {
            for (int channels : CHANNELS) {
                Rows rows = new Rows(0, SIZE * CHANNELS[0] / (channels * channels), channels);
                runAll(x, y, rows, Transform.ofChannels(channels), new double[channels]);
            }
        }
        present = vectors;
    }

    /** Runs every branch of every kernel; the numbers do not matter. */
    private void runAll(float[] x, float[] y, Rows rows, Transform transform, double[] doubles) {
        vectors.moments(x, rows, doubles, doubles);
        vectors.normalize(x, y, rows, transform, false);
        vectors.normalize(x, y, rows, transform, true);
        vectors.normalizeAddRelu(x, x, y, rows, transform);
        for (float[] mask : new float[][] {null, x}) {
            vectors.gradientMoments(x, x, mask, rows, doubles, doubles, doubles);
            vectors.normalizeGradient(x, x, mask, y, rows, transform.scale(), transform);
        }
        int size = rows.count() * rows.channels();
        vectors.relu(x, y, size);
        vectors.reluGradient(x, x, y, size);
        vectors.add(x, x, y, size);
        vectors.allFinite(x, size);
        vectors.squaredNorm(x, 0, size);
    }

    @Override
    public void moments(float[] x, Rows rows, double[] sums, double[] squares) {
        present().moments(x, rows, sums, squares);
    }

    @Override
    public void gradientMoments(
            float[] dy, float[] x, float[] y, Rows rows, double[] mean, double[] sums, double[] products) {
        present().gradientMoments(dy, x, y, rows, mean, sums, products);
    }

    @Override
    public void normalize(float[] x, float[] y, Rows rows, Transform transform, boolean relu) {
        present().normalize(x, y, rows, transform, relu);
    }

    @Override
    public void normalizeAddRelu(float[] x, float[] residual, float[] y, Rows rows, Transform transform) {
        present().normalizeAddRelu(x, residual, y, rows, transform);
    }

    @Override
    public void normalizeGradient(
            float[] dy, float[] x, float[] y, float[] dx, Rows rows, float[] gain, Transform transform) {
        present().normalizeGradient(dy, x, y, dx, rows, gain, transform);
    }

    @Override
    public void relu(float[] x, float[] y, int size) {
        present().relu(x, y, size);
    }

    @Override
    public void reluGradient(float[] dy, float[] y, float[] dx, int size) {
        present().reluGradient(dy, y, dx, size);
    }

    @Override
    public void add(float[] a, float[] b, float[] sum, int size) {
        present().add(a, b, sum, size);
    }

    @Override
    public boolean allFinite(float[] x, int size) {
        return present().allFinite(x, size);
    }

    @Override
    public double squaredNorm(float[] x, int from, int to) {
        return present().squaredNorm(x, from, to);
    }
}
