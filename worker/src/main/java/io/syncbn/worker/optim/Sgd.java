package io.syncbn.worker.optim;

import io.syncbn.proto.job.Optimization;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Role;

/**
 * Stochastic gradient descent with momentum, as PyTorch defines it (Sutskever et al. 2013, with the learning rate outside
 * of the buffer).
 *
 * <pre>
 *   g = scale · sum / examples + decay · w
 *   v = momentum · v + g
 *   w = w − rate · v                        or, Nesterov:  w − rate · (g + momentum · v)
 * </pre>
 *
 * <p>v is 0 at first, so that it becomes the first gradient. Decay is 0 for γ, β and biases unless the job says otherwise
 * (Goyal et al. 2017 §5.3). {@code scale} is min(1, clip / (norm + 1e-6)) with the L2 norm of the whole mean gradient, and
 * 1 without clipping.
 *
 * <p>Weights, gradient and momentum are gone over once, in loops of independent float operations: the compiler may compute
 * many at a time, and every width gives the same bits (Java never fuses a product and a sum by itself). For one thread.
 */
public final class Sgd {
    private static final double CLIP_EPSILON = 1e-6;

    private final ParameterLayout parameters;
    private final boolean nesterov;
    private final boolean decayAll;
    private final float momentum;
    private final float weightDecay;
    private final double clipNorm;
    private final float[] momentumBuffer;

    /**
     * @param parameters layout of weights, gradients and momentum
     * @param momentumBuffer v, changed by every step: zeros, or a checkpoint's
     */
    public Sgd(Optimization optimization, ParameterLayout parameters, float[] momentumBuffer) {
        requireLength("momentum", momentumBuffer, parameters.size());
        this.parameters = parameters;
        this.nesterov = optimization.nesterov();
        this.decayAll = optimization.decayAll();
        this.momentum = (float) optimization.momentum();
        this.weightDecay = (float) optimization.weightDecay();
        this.clipNorm = optimization.clipNorm();
        this.momentumBuffer = momentumBuffer;
    }

    /** v, in the layout of the weights. The optimizer's own: changed by the next step. */
    public float[] momentumBuffer() {
        return momentumBuffer;
    }

    /**
     * Changes weights and momentum.
     *
     * @param weights changed in place
     * @param gradientSum sums over the examples of the global batch
     * @param examples of the global batch
     * @param learningRate for this step
     */
    public void step(float[] weights, float[] gradientSum, long examples, double learningRate) {
        requireLength("weights", weights, momentumBuffer.length);
        requireLength("gradient", gradientSum, momentumBuffer.length);
        if (examples < 1) {
            throw new IllegalArgumentException("a global batch has at least 1 example, not " + examples);
        }
        float scale = clipNorm > 0 ? clipScale(gradientSum, examples) : 1;
        for (ParameterLayout.Entry entry : parameters.entries()) {
            int from = entry.offset();
            int to = from + entry.size();
            float decay = decayAll || entry.role() == Role.WEIGHT ? weightDecay : 0;
            if (nesterov) {
                updateNesterov(weights, gradientSum, from, to, examples, scale, decay, (float) learningRate);
            } else {
                update(weights, gradientSum, from, to, examples, scale, decay, (float) learningRate);
            }
        }
    }

    private void update(
            float[] weights, float[] sum, int from, int to, float examples, float scale, float decay, float rate) {
        float[] buffer = momentumBuffer;
        float inertia = momentum;
        for (int i = from; i < to; i++) {
            float gradient = sum[i] / examples * scale + decay * weights[i];
            float velocity = inertia * buffer[i] + gradient;
            buffer[i] = velocity;
            weights[i] -= rate * velocity;
        }
    }

    private void updateNesterov(
            float[] weights, float[] sum, int from, int to, float examples, float scale, float decay, float rate) {
        float[] buffer = momentumBuffer;
        float inertia = momentum;
        for (int i = from; i < to; i++) {
            float gradient = sum[i] / examples * scale + decay * weights[i];
            float velocity = inertia * buffer[i] + gradient;
            buffer[i] = velocity;
            weights[i] -= rate * (gradient + inertia * velocity);
        }
    }

    private float clipScale(float[] gradientSum, long examples) {
        return (float) Math.min(1, clipNorm / (meanNorm(gradientSum, examples) + CLIP_EPSILON));
    }

    /**
     * The L2 norm of the mean gradient, in float64. Four running sums instead of one, because each addition waits for the
     * one before it; their order is part of the result.
     */
    static double meanNorm(float[] gradientSum, float examples) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int whole = gradientSum.length & ~3;
        for (int i = 0; i < whole; i += 4) {
            sum0 += square(gradientSum[i] / examples);
            sum1 += square(gradientSum[i + 1] / examples);
            sum2 += square(gradientSum[i + 2] / examples);
            sum3 += square(gradientSum[i + 3] / examples);
        }
        for (int i = whole; i < gradientSum.length; i++) {
            sum0 += square(gradientSum[i] / examples);
        }
        return Math.sqrt((sum0 + sum1) + (sum2 + sum3));
    }

    private static double square(double value) {
        return value * value;
    }

    private static void requireLength(String what, float[] array, int expected) {
        if (array.length != expected) {
            throw new IllegalArgumentException(
                    what + " has " + array.length + " elements, the model's parameters have " + expected);
        }
    }
}
