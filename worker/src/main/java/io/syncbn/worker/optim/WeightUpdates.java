package io.syncbn.worker.optim;

import io.syncbn.proto.job.Optimization;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.util.List;
import java.util.Optional;

/**
 * What all optimizers have in common: turns sums over a global batch into a step.
 *
 * <p>Weight decay is 0 for γ, β and biases unless the job says otherwise (Goyal et al. 2017 §5.3). Gradients are
 * clipped by min(1, clip / (norm + 1e-6)) with the L2 norm of the whole mean gradient, or row by row
 * ({@link AdaptiveGradientClipping}), if the job says so. For one thread.
 */
public final class WeightUpdates {
    private static final double CLIP_EPSILON = 1e-6;

    /** How fast one number that acts on a whole layer learns (Fixup: Zhang et al. 2019, authors' code). */
    private static final double SCALAR_RATE = 0.1;

    private final Optimizer optimizer;
    private final List<Optimizer.Range> ranges;
    private final double clipNorm;
    private final Optional<AdaptiveGradientClipping> adaptiveClipping;
    private final Slots slots;

    /**
     * @param parameters layout of weights and gradients
     * @param slots changed by every step: zeros, or a checkpoint's
     */
    public WeightUpdates(Optimization optimization, ParameterLayout parameters, Slots slots) {
        requireLength("a slot", slots.size(), parameters.size());
        this.optimizer = Optimizers.of(optimization);
        this.ranges = parameters.entries().stream()
                .map(entry -> range(entry, optimization.decay()))
                .toList();
        this.clipNorm = optimization.safeguard().clipNorm();
        double clipAgc = optimization.safeguard().clipAgc();
        this.adaptiveClipping =
                clipAgc > 0 ? Optional.of(new AdaptiveGradientClipping(clipAgc, parameters)) : Optional.empty();
        this.slots = slots;
    }

    private static Optimizer.Range range(ParameterLayout.Entry entry, Optimization.Decay decay) {
        boolean isWeight = entry.role() == Role.WEIGHT;
        double factor = decay.ofAll() || isWeight ? decay.factor() : 0;
        return new Optimizer.Range(
                entry.offset(),
                entry.offset() + entry.size(),
                factor,
                isWeight,
                entry.role() == Role.SCALAR ? SCALAR_RATE : 1);
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
        float[] gradient = adaptiveClipping
                .map(clipping -> clipping.clip(weights, gradientSum, examples))
                .orElse(gradientSum);
        optimizer.update(new Optimizer.Step(weights, gradient, examples, scale, learningRate, ranges), slots);
    }

    private float clipScale(float[] gradientSum, long examples) {
        double norm = L2Norm.ofMean(gradientSum, 0, gradientSum.length, examples);
        return (float) Math.min(1, clipNorm / (norm + CLIP_EPSILON));
    }

    private static void requireLength(String what, int length, int expected) {
        if (length != expected) {
            throw new IllegalArgumentException(
                    what + " has " + length + " elements, the model's parameters have " + expected);
        }
    }
}
