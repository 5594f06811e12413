package io.syncbn.worker.nn;

/**
 * The weights that a convolution or a dense layer of one shard computes with, and where their gradient goes. Used by
 * the shard's thread.
 */
public interface LayerWeights {

    /** Computes them from the model's parameters; before each forward pass. */
    void prepare();

    /** The array that holds them, in {@link io.syncbn.worker.kernels.WeightOrder}; only read. */
    float[] values();

    /** The array into which their gradient is written. */
    float[] gradient();

    /** Their place in both arrays. */
    int offset();

    /** Passes the gradient on to the parameters, once it has been written. */
    void finishGradient();
}
