package io.syncbn.worker.kernels;

import java.util.Arrays;

/**
 * The kernels as plain loops, for JVMs without the vector module. Each is a static loop over the channels (or elements)
 * from {@code first} on, which the SIMD twin uses for what does not fill a vector.
 */
final class PlainKernels implements ChannelKernels {
    /** Of {@link #squaredNorm}: enough that additions need not wait for one another. */
    static final int SUMS = 16;

    /** How many rows to go through: none if no channel is left, because a row without work takes as long as a vector. */
    private static int countFrom(int first, Rows rows) {
        return first < rows.channels() ? rows.count() : 0;
    }

    @Override
    public void moments(float[] x, Rows rows, double[] sums, double[] squares) {
        momentsFrom(0, x, rows, sums, squares);
    }

    static void momentsFrom(int first, float[] x, Rows rows, double[] sums, double[] squares) {
        int channels = rows.channels();
        int count = countFrom(first, rows);
        Arrays.fill(sums, first, channels, 0);
        Arrays.fill(squares, first, channels, 0);
        for (int row = 0; row < count; row++) {
            for (int c = first, i = rows.start() + row * channels + first; c < channels; c++, i++) {
                double value = x[i];
                sums[c] += value;
                squares[c] += value * value;
            }
        }
    }

    @Override
    public void gradientMoments(
            float[] dy, float[] x, float[] y, Rows rows, double[] mean, double[] sums, double[] products) {
        gradientMomentsFrom(0, dy, x, y, rows, mean, sums, products);
    }

    static void gradientMomentsFrom(
            int first, float[] dy, float[] x, float[] y, Rows rows, double[] mean, double[] sums, double[] products) {
        int channels = rows.channels();
        int count = countFrom(first, rows);
        Arrays.fill(sums, first, channels, 0);
        Arrays.fill(products, first, channels, 0);
        for (int row = 0; row < count; row++) {
            for (int c = first, i = rows.start() + row * channels + first; c < channels; c++, i++) {
                double gradient = y == null || y[i] > 0 ? dy[i] : 0;
                sums[c] += gradient;
                products[c] += gradient * (x[i] - mean[c]);
            }
        }
    }

    @Override
    public void normalize(float[] x, float[] y, Rows rows, Transform transform, boolean relu) {
        normalizeFrom(0, x, y, rows, transform, relu);
    }

    static void normalizeFrom(int first, float[] x, float[] y, Rows rows, Transform transform, boolean relu) {
        int channels = rows.channels();
        int count = countFrom(first, rows);
        float[] pivot = transform.pivot();
        float[] scale = transform.scale();
        float[] shift = transform.shift();
        for (int row = 0; row < count; row++) {
            for (int c = first, i = rows.start() + row * channels + first; c < channels; c++, i++) {
                float value = (x[i] - pivot[c]) * scale[c] + shift[c];
                y[i] = relu ? Math.max(0, value) : value;
            }
        }
    }

    @Override
    public void normalizeAddRelu(float[] x, float[] residual, float[] y, Rows rows, Transform transform) {
        normalizeAddReluFrom(0, x, residual, y, rows, transform);
    }

    static void normalizeAddReluFrom(
            int first, float[] x, float[] residual, float[] y, Rows rows, Transform transform) {
        int channels = rows.channels();
        int count = countFrom(first, rows);
        float[] pivot = transform.pivot();
        float[] scale = transform.scale();
        float[] shift = transform.shift();
        for (int row = 0; row < count; row++) {
            for (int c = first, i = rows.start() + row * channels + first; c < channels; c++, i++) {
                y[i] = Math.max(0, (x[i] - pivot[c]) * scale[c] + shift[c] + residual[i]);
            }
        }
    }

    @Override
    public void normalizeGradient(
            float[] dy, float[] x, float[] y, float[] dx, Rows rows, float[] gain, Transform transform) {
        normalizeGradientFrom(0, dy, x, y, dx, rows, gain, transform);
    }

    static void normalizeGradientFrom(
            int first, float[] dy, float[] x, float[] y, float[] dx, Rows rows, float[] gain, Transform transform) {
        int channels = rows.channels();
        int count = countFrom(first, rows);
        float[] pivot = transform.pivot();
        float[] slope = transform.scale();
        float[] shift = transform.shift();
        for (int row = 0; row < count; row++) {
            for (int c = first, i = rows.start() + row * channels + first; c < channels; c++, i++) {
                float gradient = y == null || y[i] > 0 ? dy[i] : 0;
                dx[i] = gradient * gain[c] + ((x[i] - pivot[c]) * slope[c] + shift[c]);
            }
        }
    }

    @Override
    public void relu(float[] x, float[] y, int size) {
        reluFrom(0, x, y, size);
    }

    static void reluFrom(int first, float[] x, float[] y, int size) {
        for (int i = first; i < size; i++) {
            y[i] = Math.max(0, x[i]);
        }
    }

    @Override
    public void reluGradient(float[] dy, float[] y, float[] dx, int size) {
        reluGradientFrom(0, dy, y, dx, size);
    }

    static void reluGradientFrom(int first, float[] dy, float[] y, float[] dx, int size) {
        for (int i = first; i < size; i++) {
            dx[i] = y[i] > 0 ? dy[i] : 0;
        }
    }

    @Override
    public void add(float[] a, float[] b, float[] sum, int size) {
        for (int i = 0; i < size; i++) {
            sum[i] = a[i] + b[i];
        }
    }

    @Override
    public double squaredNorm(float[] x, int from, int to) {
        double[] sums = new double[SUMS];
        addSquares(x, from, to, sums);
        return total(sums);
    }

    /** Adds the square of each number, in turn, to one of the sums. */
    static void addSquares(float[] x, int from, int to, double[] sums) {
        for (int i = from; i < to; i++) {
            sums[(i - from) % SUMS] += (double) x[i] * x[i];
        }
    }

    /** Adds them up in halves; changes them. */
    static double total(double[] sums) {
        for (int half = sums.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums[i] += sums[half + i];
            }
        }
        return sums[0];
    }

    @Override
    public boolean allFinite(float[] x, int size) {
        return allFiniteFrom(0, x, size);
    }

    static boolean allFiniteFrom(int first, float[] x, int size) {
        for (int i = first; i < size; i++) {
            if (!Float.isFinite(x[i])) {
                return false;
            }
        }
        return true;
    }
}
