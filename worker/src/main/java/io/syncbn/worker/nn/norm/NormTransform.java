package io.syncbn.worker.nn.norm;

import io.syncbn.worker.kernels.Transform;

/**
 * The transform of x that statistics give, γ·(x − μ)/√(σ² + ε) + β, and that of its gradient, in float32 for the
 * kernels.
 *
 * <p>The pivot is the mean as float32; the shift makes up for its rounding.
 */
final class NormTransform {
    private final double epsilon;
    private final double[] inverseDeviation;
    private final Transform forward;
    /** Shares the pivot of the forward pass; its shift is written over. */
    private final Transform backward;

    NormTransform(int channels, double epsilon) {
        this.epsilon = epsilon;
        this.inverseDeviation = new double[channels];
        this.forward = Transform.ofChannels(channels);
        this.backward = new Transform(forward.pivot(), new float[channels], forward.shift());
    }

    /** For one channel. */
    void set(int c, double mean, double variance, double gamma, double beta) {
        inverseDeviation[c] = 1 / Math.sqrt(variance + epsilon);
        float pivot = (float) mean;
        double gain = gamma * inverseDeviation[c];
        forward.pivot()[c] = pivot;
        forward.scale()[c] = (float) gain;
        forward.shift()[c] = (float) (beta + (pivot - mean) * gain);
    }

    /**
     * dx = dy·scale + ((x − pivot)·slope + shift), where the scale is that of the forward pass: for one channel, after {@link
     * #set} of the same mean.
     *
     * @param gain by which the two means are multiplied, like dy
     * @param meanGradient over the numbers that share statistics
     * @param meanProduct mean of the gradient times x̂
     */
    void setGradient(int c, double mean, double gain, double meanGradient, double meanProduct) {
        double perInput = -gain * meanProduct * inverseDeviation[c];
        backward.scale()[c] = (float) perInput;
        backward.shift()[c] = (float) (-gain * meanGradient + (backward.pivot()[c] - mean) * perInput);
    }

    double inverseDeviation(int c) {
        return inverseDeviation[c];
    }

    Transform forward() {
        return forward;
    }

    Transform backward() {
        return backward;
    }
}
