package io.syncbn.worker.optim;

import io.syncbn.proto.job.Hyperparameters;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch defines it.
 *
 * <pre>
 *   g = scale · sum / examples
 *   m = m + (1 − β1) · (g − m)
 *   v = β2 · v + (1 − β2) · g²
 *   w = w − (rate · decay · w + rate / (1 − β1^t) · m / (√v / √(1 − β2^t) + ε))
 * </pre>
 *
 * <p>Both parts are subtracted at once, so that a weight is rounded once; PyTorch subtracts one after the other.
 *
 * <p>m and v are 0 at first, and t is 1 in the first step that is not skipped. What depends on t alone is computed in
 * float64, once a step.
 */
final class AdamW implements Optimizer {
    /** m. */
    private static final String AVERAGE = "exp_avg";
    /** v. */
    private static final String SQUARES = "exp_avg_sq";
    /** t. */
    private static final String STEP = "step";

    private final double beta1;
    private final double beta2;
    private final double epsilon;

    AdamW(Hyperparameters hyperparameters) {
        this.beta1 = hyperparameters.number("beta1");
        this.beta2 = hyperparameters.number("beta2");
        this.epsilon = hyperparameters.number("optimizer-epsilon");
    }

    @Override
    public SlotNames slots() {
        return new SlotNames(List.of(AVERAGE, SQUARES), List.of(STEP));
    }

    @Override
    public void update(Step step, Slots slots) {
        long t = slots.count(STEP);
        double averageCorrection = 1 - StrictMath.pow(beta1, t);
        float correction = (float) Math.sqrt(1 - StrictMath.pow(beta2, t));
        for (Range range : step.ranges()) {
            update(step, range, slots, (float) (step.rate(range) / averageCorrection), correction);
        }
    }

    private void update(Step step, Range range, Slots slots, float rate, float correction) {
        float[] weights = step.weights();
        float[] sum = step.gradientSum();
        float[] average = slots.array(AVERAGE);
        float[] squares = slots.array(SQUARES);
        float examples = step.examples();
        float scale = step.scale();
        float decayed = (float) (step.rate(range) * range.weightDecay());
        float averageWeight = (float) (1 - beta1);
        float squaresKept = (float) beta2;
        float squaresWeight = (float) (1 - beta2);
        float added = (float) epsilon;
        for (int i = range.from(); i < range.to(); i++) {
            float gradient = sum[i] / examples * scale;
            float m = average[i] + averageWeight * (gradient - average[i]);
            float v = squaresKept * squares[i] + squaresWeight * gradient * gradient;
            average[i] = m;
            squares[i] = v;
            weights[i] -= decayed * weights[i] + rate * (m / ((float) Math.sqrt(v) / correction + added));
        }
    }
}
