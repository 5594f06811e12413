package io.syncbn.worker.nn;

import java.util.List;

/** How the weights of convolutions and dense layers follow from parameters; PyTorch's word. */
public interface Parametrization {

    /**
     * Registers a layer's parameters.
     *
     * @param scope of the layer
     * @param dimensions of the weights: outputs first, as in PyTorch
     * @param initializer of the weights
     */
    LayerWeightsFactory define(LayerScope scope, List<Integer> dimensions, Initializer initializer);

    /** What it adds to a layer's description; empty for nothing. */
    String description();
}
