package io.syncbn.worker.optim;

import io.syncbn.proto.job.Hyperparameters;
import java.util.List;

/**
 * Stochastic gradient descent with momentum, as PyTorch defines it (Sutskever et al. 2013, with the learning rate
 * outside of the buffer).
 *
 * <pre>
 *   g = scale · sum / examples + decay · w
 *   v = momentum · v + g
 *   w = w − rate · v                        or, Nesterov:  w − rate · (g + momentum · v)
 * </pre>
 *
 * <p>v is 0 at first, so that it becomes the first gradient. One pass over weights, gradient and v.
 */
final class Sgd implements Optimizer {
    /** v. */
    static final String MOMENTUM_BUFFER = "momentum_buffer";

    private final float momentum;
    private final boolean nesterov;

    Sgd(Hyperparameters hyperparameters) {
        this.momentum = (float) hyperparameters.number("momentum");
        this.nesterov = hyperparameters.flag("nesterov");
    }

    @Override
    public SlotNames slots() {
        return new SlotNames(List.of(MOMENTUM_BUFFER), List.of());
    }

    @Override
    public void update(Step step, Slots slots) {
        float[] buffer = slots.array(MOMENTUM_BUFFER);
        for (Range range : step.ranges()) {
            if (nesterov) {
                updateNesterov(step, range, buffer);
            } else {
                update(step, range, buffer);
            }
        }
    }

    private void update(Step step, Range range, float[] buffer) {
        float[] weights = step.weights();
        float[] sum = step.gradientSum();
        float examples = step.examples();
        float scale = step.scale();
        float decay = (float) range.weightDecay();
        float rate = (float) step.rate(range);
        float inertia = momentum;
        for (int i = range.from(); i < range.to(); i++) {
            float gradient = sum[i] / examples * scale + decay * weights[i];
            float velocity = inertia * buffer[i] + gradient;
            buffer[i] = velocity;
            weights[i] -= rate * velocity;
        }
    }

    private void updateNesterov(Step step, Range range, float[] buffer) {
        float[] weights = step.weights();
        float[] sum = step.gradientSum();
        float examples = step.examples();
        float scale = step.scale();
        float decay = (float) range.weightDecay();
        float rate = (float) step.rate(range);
        float inertia = momentum;
        for (int i = range.from(); i < range.to(); i++) {
            float gradient = sum[i] / examples * scale + decay * weights[i];
            float velocity = inertia * buffer[i] + gradient;
            buffer[i] = velocity;
            weights[i] -= rate * (gradient + inertia * velocity);
        }
    }
}
