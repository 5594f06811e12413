package io.syncbn.worker.nn;

import java.util.function.Supplier;

/** A normalization: a layer into which the operations after it can be fused. */
public interface Norm extends Layer {

    /**
     * max(0, forward(x) + residual): the end of a residual block, in one loop. {@link #backward} is then given the
     * gradient by the sum, masked by the ReLU already.
     *
     * @param residual completes the shortcut's forward; called once, after this layer's own sums over shards were
     *     started
     */
    Tensor forwardAddRelu(Tensor x, Supplier<Tensor> residual, Pass pass);
}
