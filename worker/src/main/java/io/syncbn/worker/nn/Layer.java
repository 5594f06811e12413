package io.syncbn.worker.nn;

import java.util.function.Supplier;

/**
 * One step of a model, for one shard. A layer owns its output and its input's gradient (made once, for the largest
 * batch, and overwritten by the next pass) and keeps from the forward pass what backward needs. Weights are shared by
 * all shards of a worker and only read; gradients are added into the shard's own flat gradient.
 *
 * <p>Used by one thread at a time. A batch may have 0 examples: every layer still takes part in its reductions.
 */
public interface Layer {

    /**
     * @param x not changed
     * @return valid until the next forward
     */
    Tensor forward(Tensor x, Pass pass);

    /**
     * @param dy gradient of the sum of all examples' losses by the last forward's output, not changed
     * @return the gradient by the last forward's input, valid until the next backward; null if no layer before this one
     *     has parameters, so that it is not needed
     */
    Tensor backward(Tensor dy, Pass pass);

    /**
     * Adds to a graph what the layer computes in evaluation. A layer that does not implement it trains and evaluates as
     * others do, but its model cannot be exported.
     *
     * @return its output
     * @throws ModelException if it cannot be said in the graph's operations
     */
    default InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        throw new ModelException(graph.layer() + " cannot be exported: "
                + getClass().getName() + " does not implement Layer.infer, which says what it computes");
    }

    /**
     * Begins forward: as {@link #forward}, but a sum over shards at its end may only be started.
     *
     * @param x must not change before the rest is done
     * @return completes it; to be called once, before this layer's next call
     */
    default Supplier<Tensor> startForward(Tensor x, Pass pass) {
        Tensor y = forward(x, pass);
        return () -> y;
    }

    /**
     * Begins backward: starts a sum over shards if that comes first, else does nothing.
     *
     * @param dy must not change before the rest is done
     * @return completes {@link #backward}; to be called once, before this layer's next call, and not within another
     *     layer's
     */
    default Supplier<Tensor> startBackward(Tensor dy, Pass pass) {
        return () -> backward(dy, pass);
    }
}
