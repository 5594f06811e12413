package io.syncbn.worker.nn;

/** A kind of layer with its settings, which {@link Net#add} puts into a model. */
@FunctionalInterface
public interface LayerDefinition {

    /** Registers the layer's parameters, describes it, and says what makes it. */
    LayerFactory define(LayerScope scope);
}
