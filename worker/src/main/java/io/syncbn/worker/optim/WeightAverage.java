package io.syncbn.worker.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An exponential moving average of the weights (Polyak &amp; Juditsky 1992), kept beside an optimizer:
 *
 * <pre>
 *   average = decay · average + (1 − decay) · w
 * </pre>
 *
 * <p>after each step; after the first it is w itself, as in PyTorch's {@code AveragedModel}. Training does not read it.
 */
public final class WeightAverage implements Optimizer {
    /** The slot that holds it. */
    private static final String AVERAGE = "ema";

    /** How many steps it has taken in; PyTorch's name. */
    private static final String COUNT = "n_averaged";

    private final Optimizer optimizer;
    private final float kept;
    private final float taken;

    WeightAverage(Optimizer optimizer, double decay) {
        this.optimizer = optimizer;
        this.kept = (float) decay;
        this.taken = (float) (1 - decay);
    }

    /** The average that slots hold: empty if none is kept, or no step is done. */
    public static Optional<float[]> in(Slots slots) {
        return slots.counters().getOrDefault(COUNT, 0L) > 0 ? Optional.of(slots.array(AVERAGE)) : Optional.empty();
    }

    @Override
    public SlotNames slots() {
        SlotNames own = optimizer.slots();
        List<String> arrays = new ArrayList<>(own.arrays());
        arrays.add(AVERAGE);
        List<String> counters = new ArrayList<>(own.counters());
        counters.add(COUNT);
        return new SlotNames(arrays, counters);
    }

    @Override
    public void update(Step step, Slots slots) {
        optimizer.update(step, slots);
        float[] weights = step.weights();
        float[] average = slots.array(AVERAGE);
        if (slots.count(COUNT) == 1) {
            System.arraycopy(weights, 0, average, 0, weights.length);
            return;
        }
        for (int i = 0; i < weights.length; i++) {
            average[i] = kept * average[i] + taken * weights[i];
        }
    }
}
