package io.syncbn.worker.nn;

/**
 * A kind of normalization with its settings, which {@link Net#norm} puts into a model. The output has the input's
 * shape.
 */
@FunctionalInterface
public interface Normalizer extends LayerDefinition {
    @Override
    NormFactory define(LayerScope scope);
}
