package io.syncbn.worker.nn;

/** A kind of normalization with its settings, which {@link Net#norm} puts into a model. What comes out has the shape that came. */
@FunctionalInterface
public interface Normalizer extends LayerDefinition {
    @Override
    NormFactory define(LayerScope scope);
}
