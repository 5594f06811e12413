package io.syncbn.worker.train;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.MomentsReducer.Direction;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds the place in a step where a shard's numbers stop being finite. It checks the shard's own parts before they are
 * offered, so that shard and layer can be named; after a non-finite sum from outside, the shard is not the origin. Used
 * by the shard's thread.
 */
final class NonFiniteGuard {
    private final int shard;
    private final ModelDefinition model;
    private final boolean goesOn;
    private long step;
    private boolean isOver;
    private String origin;

    /** @param goesOn whether the step goes on to its end and is then skipped; else the first find ends it */
    NonFiniteGuard(int shard, ModelDefinition model, boolean goesOn) {
        this.shard = shard;
        this.model = model;
        this.goesOn = goesOn;
    }

    void begin(long ofStep) {
        step = ofStep;
        isOver = false;
        origin = null;
    }

    /** This shard's part of a normalization layer's moments. */
    void moments(Direction direction, int layer, double[] part) {
        if (!isOver && !allFinite(part)) {
            found("the moments of " + model.normalizationLayers().get(layer) + " ("
                    + direction.name().toLowerCase(Locale.ROOT) + ") are not finite");
        }
    }

    /** The group's sum of such moments. */
    void received(double[] total) {
        if (!isOver && !allFinite(total)) {
            isOver = true;
        }
    }

    /** Sum over this shard's examples. */
    void loss(double sum) {
        if (!isOver && !Double.isFinite(sum)) {
            found("the loss is " + sum);
        }
    }

    /**
     * Sum over a batch of this shard's test rows.
     *
     * @param layer the first one whose output is not finite, if there is one
     */
    void testLoss(double sum, Supplier<Optional<String>> layer) {
        if (!isOver && !Double.isFinite(sum)) {
            found("in the evaluation, "
                    + layer.get()
                            .map(name -> "the output of " + name + " is not finite")
                            .orElse("the loss is " + sum));
        }
    }

    /**
     * @param chunk of the flat gradient
     * @param squaredNorm of the chunk, in float64: not finite exactly when one of the numbers is not
     */
    void gradient(Chunk chunk, double squaredNorm) {
        if (!isOver && !Double.isFinite(squaredNorm)) {
            int index = NonFiniteCheck.firstNotFinite(chunk.values(), chunk.from());
            found("the gradient of " + model.parameters().nameAt(index) + " is " + chunk.values()[index]);
        }
    }

    /** What was found in this step; empty if nothing was, or if it came from elsewhere. */
    Optional<String> origin() {
        return Optional.ofNullable(origin);
    }

    private void found(String what) {
        isOver = true;
        origin = "shard " + shard + ": " + what;
        if (!goesOn) {
            throw stop(step, origin);
        }
    }

    private static boolean allFinite(double[] values) {
        for (double value : values) {
            if (!Double.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** The exception that ends a job whose numbers are not finite. */
    static TrainingException stop(long step, String fault) {
        return new TrainingException(
                "step " + step + ": " + fault + "; a lower --lr, a --warmup or --clip-norm may help");
    }
}
