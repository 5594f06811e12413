package io.syncbn.worker.nn;

/**
 * A kind of normalization with its settings, which {@link Net#norm} puts into a model. The output has the input's
 * shape.
 */
@FunctionalInterface
public interface Normalizer extends LayerDefinition {
    @Override
    NormFactory define(LayerScope scope);

    /** Whether it gives each channel a shift, so that a convolution before it needs no bias of its own. */
    default boolean shifts() {
        return true;
    }

    /** Whether it normalizes the weights of all layers. */
    default boolean isOfWeights() {
        return false;
    }

    /** Whether it stands for Fixup: models are built without normalization, see {@link Net#hasFixup}. */
    default boolean isFixup() {
        return false;
    }

    /** Whether the job's first state must have trained running statistics. */
    default boolean needsStatistics() {
        return false;
    }
}
