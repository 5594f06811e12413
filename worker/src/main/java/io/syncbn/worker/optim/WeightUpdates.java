package io.syncbn.worker.optim;

import io.syncbn.proto.job.Optimization;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.util.List;

/**
 * What all optimizers have in common: turns sums over a global batch into a step.
 *
 * <p>Weight decay is 0 for γ, β and biases unless the job says otherwise (Goyal et al. 2017 §5.3). Gradients are
 * clipped by min(1, clip / (norm + 1e-6)) with the L2 norm of the whole mean gradient. For one thread.
 */
public final class WeightUpdates {
    private static final double CLIP_EPSILON = 1e-6;

    private final Optimizer optimizer;
    private final List<Optimizer.Range> ranges;
    private final double clipNorm;
    private final Slots slots;

    /**
     * @param parameters layout of weights and gradients
     * @param slots changed by every step: zeros, or a checkpoint's
     */
    public WeightUpdates(Optimization optimization, ParameterLayout parameters, Slots slots) {
        requireLength("a slot", slots.size(), parameters.size());
        this.optimizer = Optimizers.of(optimization.optimizer());
        this.ranges = parameters.entries().stream()
                .map(entry -> range(entry, optimization.decay()))
                .toList();
        this.clipNorm = optimization.safeguard().clipNorm();
        this.slots = slots;
    }

    private static Optimizer.Range range(ParameterLayout.Entry entry, Optimization.Decay decay) {
        boolean decays = decay.ofAll() || entry.role() == Role.WEIGHT;
        return new Optimizer.Range(entry.offset(), entry.offset() + entry.size(), decays ? decay.factor() : 0);
    }

    /** What the optimizer remembers: changed by the next step. */
    public Slots slots() {
        return slots;
    }

    /**
     * Changes weights and slots.
     *
     * @param weights changed in place
     * @param gradientSum sums over the examples of the global batch
     * @param examples of the global batch
     * @param learningRate for this step
     */
    public void step(float[] weights, float[] gradientSum, long examples, double learningRate) {
        requireLength("weights", weights.length, slots.size());
        requireLength("gradient", gradientSum.length, slots.size());
        if (examples < 1) {
            throw new IllegalArgumentException("a global batch has at least 1 example, not " + examples);
        }
        float scale = clipNorm > 0 ? clipScale(gradientSum, examples) : 1;
        optimizer.update(new Optimizer.Step(weights, gradientSum, examples, scale, learningRate, ranges), slots);
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

    private static void requireLength(String what, int length, int expected) {
        if (length != expected) {
            throw new IllegalArgumentException(
                    what + " has " + length + " elements, the model's parameters have " + expected);
        }
    }
}
