package io.syncbn.worker.optim;

import java.util.List;

/**
 * A rule by which weights follow their gradients. It is stateless: its state is in {@link Slots}, which are saved,
 * compared and sent to other workers with the weights. {@link Optimizers} knows all rules by name.
 *
 * <p>All workers compute the same update. So an update may depend on nothing but its arguments, and its loops must give
 * the same bits however many elements the processor computes at a time: independent float operations do, as Java never
 * fuses a product and a sum by itself; {@code Math.pow} and the like do not, {@code StrictMath} does.
 */
public interface Optimizer {

    /** Names of its state. */
    SlotNames slots();

    /**
     * Changes weights and slots. Called for committed steps only, not for skipped ones, so an optimizer that needs
     * their number counts them itself.
     */
    void update(Step step, Slots slots);

    /**
     * The numbers of one step. An element's gradient is {@code gradientSum[i] / examples * scale}.
     *
     * @param weights changed in place
     * @param gradientSum sums over the examples of the global batch
     * @param examples of the global batch
     * @param scale by which gradients are clipped; 1 if they are not
     * @param learningRate for this step
     * @param ranges one for each of the model's parameters, in their order
     */
    record Step(
            float[] weights,
            float[] gradientSum,
            float examples,
            float scale,
            double learningRate,
            List<Range> ranges) {

        /** The learning rate of a parameter. */
        double rate(Range range) {
            return learningRate * range.rateFactor();
        }
    }

    /**
     * The elements of one parameter.
     *
     * @param from the first
     * @param to behind the last
     * @param weightDecay of these; 0 where none is asked for
     * @param isWeight whether they are the weights of a layer; not biases, nor a normalization's scale or shift
     * @param rateFactor by which their learning rate differs
     */
    record Range(int from, int to, double weightDecay, boolean isWeight, double rateFactor) {}
}
