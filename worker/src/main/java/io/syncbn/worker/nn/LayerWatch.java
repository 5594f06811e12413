package io.syncbn.worker.nn;

/** Looks at what layers compute, one after another. */
@FunctionalInterface
public interface LayerWatch {
    LayerWatch NONE = (layer, output) -> {};

    /** @param layer its kind and name, as in {@code conv2d layer1.0.conv1} */
    void computed(String layer, Tensor output);
}
