package io.syncbn.worker.nn;

/** A number added to every pixel of a channel. */
final class Bias {
    private Bias() {}

    static void add(Tensor y, float[] weights, int offset) {
        int channels = y.shape().channels();
        float[] values = y.values();
        for (int row = 0, i = 0; row < y.rows(); row++) {
            for (int c = 0; c < channels; c++, i++) {
                values[i] += weights[offset + c];
            }
        }
    }

    /** db += Σ dy over rows, summed in float64. */
    static void addGradient(Tensor dy, float[] gradients, int offset) {
        int channels = dy.shape().channels();
        float[] values = dy.values();
        double[] sums = new double[channels];
        for (int row = 0, i = 0; row < dy.rows(); row++) {
            for (int c = 0; c < channels; c++, i++) {
                sums[c] += values[i];
            }
        }
        for (int c = 0; c < channels; c++) {
            gradients[offset + c] += (float) sums[c];
        }
    }
}
