package io.syncbn.worker.optim;

import io.syncbn.proto.job.Hyperparameters;
import java.util.List;

/**
 * LAMB (You et al. 2020, algorithm 2): Adam, where the length of each layer's step is that of its weights.
 *
 * <pre>
 *   g     = scale · sum / examples
 *   m     = m + (1 − β1) · (g − m)
 *   v     = β2 · v + (1 − β2) · g²
 *   u     = m / (1 − β1^t) / (√v / √(1 − β2^t) + ε) + decay · w
 *   ratio = ‖w‖ / ‖u‖                                   1 if ‖w‖ or ‖u‖ is 0
 *   w     = w − rate · ratio · u
 * </pre>
 *
 * <p>Norms are those of a whole parameter; φ of the paper, a function of ‖w‖, is the identity. Biases, scales and shifts
 * have no ratio. timm's Lamb is the same with two differences: it clips the whole gradient to a norm of 1 unless told
 * otherwise, which is {@code --clip-norm 1} here, and parameters without decay have no ratio, weights among them.
 *
 * <p>m and v are 0 at first, and t is 1 in the first step that is not skipped. What depends on t alone is computed in
 * float64, once a step.
 */
final class Lamb implements Optimizer {
    /** m. */
    private static final String AVERAGE = "exp_avg";
    /** v. */
    private static final String SQUARES = "exp_avg_sq";
    /** t. */
    private static final String STEP = "step";

    private final double beta1;
    private final double beta2;
    private final double epsilon;

    Lamb(Hyperparameters hyperparameters) {
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
        float averageCorrection = (float) (1 - StrictMath.pow(beta1, t));
        float rootCorrection = (float) Math.sqrt(1 - StrictMath.pow(beta2, t));
        for (Range range : step.ranges()) {
            float[] direction = direction(step, range, slots, averageCorrection, rootCorrection);
            double ratio = range.isWeight() ? ratio(step.weights(), range, direction) : 1;
            move(step.weights(), range, direction, (float) (step.rate(range) * ratio));
        }
    }

    /** u, of one parameter. */
    private float[] direction(Step step, Range range, Slots slots, float averageCorrection, float rootCorrection) {
        float[] weights = step.weights();
        float[] sum = step.gradientSum();
        float[] average = slots.array(AVERAGE);
        float[] squares = slots.array(SQUARES);
        float examples = step.examples();
        float scale = step.scale();
        float decay = (float) range.weightDecay();
        float averageWeight = (float) (1 - beta1);
        float squaresKept = (float) beta2;
        float squaresWeight = (float) (1 - beta2);
        float added = (float) epsilon;
        int from = range.from();
        float[] direction = new float[range.to() - from];
        for (int i = from; i < range.to(); i++) {
            float gradient = sum[i] / examples * scale;
            float m = average[i] + averageWeight * (gradient - average[i]);
            float v = squaresKept * squares[i] + squaresWeight * gradient * gradient;
            average[i] = m;
            squares[i] = v;
            direction[i - from] =
                    m / averageCorrection / ((float) Math.sqrt(v) / rootCorrection + added) + decay * weights[i];
        }
        return direction;
    }

    private static double ratio(float[] weights, Range range, float[] direction) {
        double ofWeights = L2Norm.of(weights, range.from(), range.to());
        double ofDirection = L2Norm.of(direction, 0, direction.length);
        return ofWeights > 0 && ofDirection > 0 ? ofWeights / ofDirection : 1;
    }

    private static void move(float[] weights, Range range, float[] direction, float rate) {
        int from = range.from();
        for (int i = from; i < range.to(); i++) {
            weights[i] -= rate * direction[i - from];
        }
    }
}
