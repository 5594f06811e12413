package io.syncbn.worker.optim;

import io.syncbn.proto.job.Hyperparameters;
import java.util.List;

/**
 * Layer-wise adaptive rate scaling (You, Gitman and Ginsburg 2017, algorithm 1): SGD with momentum, where the length of each
 * layer's step follows the norm of its weights.
 *
 * <pre>
 *   g     = scale · sum / examples
 *   ratio = trust · ‖w‖ / (‖g‖ + decay · ‖w‖ + ε)      1 if ‖w‖ or ‖g‖ is 0
 *   v     = momentum · v + ratio · (g + decay · w)
 *   w     = w − rate · v
 * </pre>
 *
 * <p>Norms are those of a whole parameter. Biases, scales and shifts have no ratio; their decay is {@link WeightUpdates}'s
 * affair. The paper has neither ε, 1e-8 here, nor the 1, and its buffer contains the rate; all three are as in timm's Lars,
 * which has no ratio where there is no decay. v is 0 at first.
 */
final class Lars implements Optimizer {
    private static final double EPSILON = 1e-8;

    private final float momentum;
    private final double trust;

    Lars(Hyperparameters hyperparameters) {
        this.momentum = (float) hyperparameters.number("momentum");
        this.trust = hyperparameters.number("trust-coefficient");
    }

    @Override
    public SlotNames slots() {
        return new SlotNames(List.of(Sgd.MOMENTUM_BUFFER), List.of());
    }

    @Override
    public void update(Step step, Slots slots) {
        for (Range range : step.ranges()) {
            update(step, range, slots.array(Sgd.MOMENTUM_BUFFER), range.isWeight() ? ratio(step, range) : 1);
        }
    }

    private float ratio(Step step, Range range) {
        double weights = L2Norm.of(step.weights(), range.from(), range.to());
        double gradient = step.scale() * L2Norm.ofMean(step.gradientSum(), range.from(), range.to(), step.examples());
        return weights > 0 && gradient > 0
                ? (float) (trust * weights / (gradient + range.weightDecay() * weights + EPSILON))
                : 1;
    }

    private void update(Step step, Range range, float[] buffer, float ratio) {
        float[] weights = step.weights();
        float[] sum = step.gradientSum();
        float examples = step.examples();
        float scale = step.scale();
        float decay = (float) range.weightDecay();
        float rate = (float) step.rate(range);
        float inertia = momentum;
        for (int i = range.from(); i < range.to(); i++) {
            float gradient = sum[i] / examples * scale + decay * weights[i];
            float velocity = inertia * buffer[i] + ratio * gradient;
            buffer[i] = velocity;
            weights[i] -= rate * velocity;
        }
    }
}
