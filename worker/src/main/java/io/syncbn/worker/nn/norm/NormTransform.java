package io.syncbn.worker.nn.norm;

import io.syncbn.worker.kernels.Transform;

/**
 * The transform of x that statistics give, γ·(x − μ)/√(σ² + ε) + β, and that of its gradient, in float32 for the
 * kernels: of one block of rows at a time.
 *
 * <p>The pivot is the mean as float32; the shift makes up for its rounding.
 */
final class NormTransform {
    private final double[] mean;
    private final double[] inverseDeviation;
    private final Transform forward;
    /** Shares the pivot of the forward pass; its shift is written over. */
    private final Transform backward;

    NormTransform(int channels) {
        this.mean = new double[channels];
        this.inverseDeviation = new double[channels];
        this.forward = Transform.ofChannels(channels);
        this.backward = new Transform(forward.pivot(), new float[channels], forward.shift());
    }

    /**
     * For one channel.
     *
     * @param inverse 1/√(σ² + ε)
     */
    void set(int c, double channelMean, double inverse, double gamma, double beta) {
        mean[c] = channelMean;
        inverseDeviation[c] = inverse;
        float pivot = (float) channelMean;
        double gain = gamma * inverse;
        forward.pivot()[c] = pivot;
        forward.scale()[c] = (float) gain;
        forward.shift()[c] = (float) (beta + (pivot - channelMean) * gain);
    }

    /**
     * dx = dy·scale + ((x − pivot)·slope + shift), where the scale is that of the forward pass: for one channel, after {@link
     * #set}.
     *
     * @param gain by which the two means are multiplied, like dy
     * @param meanGradient over the numbers that share statistics
     * @param meanProduct mean of the gradient times x̂
     */
    void setGradient(int c, double gain, double meanGradient, double meanProduct) {
        double perInput = -gain * meanProduct * inverseDeviation[c];
        backward.scale()[c] = (float) perInput;
        backward.shift()[c] = (float) (-gain * meanGradient + (backward.pivot()[c] - mean[c]) * perInput);
    }

    /** Of each channel, not to be changed. */
    double[] mean() {
        return mean;
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
