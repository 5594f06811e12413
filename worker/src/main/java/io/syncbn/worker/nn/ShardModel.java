package io.syncbn.worker.nn;

import io.syncbn.worker.kernels.ChannelKernels;
import io.syncbn.worker.kernels.LinearKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One shard's model: layers and memory of its own, on the weights of the worker's replica. Its results do not depend on
 * which other shards the worker has.
 *
 * <p>Used by one thread at a time; its creator closes it.
 */
public final class ShardModel implements AutoCloseable {
    private final ModelDefinition definition;
    private final ShardMemory memory;
    private final Sequential layers;

    ShardModel(
            ModelDefinition definition,
            Sequential.Spec layers,
            Replica replica,
            int maxExamples,
            LinearKernels kernels) {
        this.definition = definition;
        this.memory = new ShardMemory(replica, maxExamples, kernels, ChannelKernels.fastest());
        this.layers = layers.create(memory);
    }

    /**
     * Computes logits.
     *
     * @param x N × the definition's input shape; must stay unchanged until backward is done
     * @return N × classes, valid until the next forward
     */
    public Tensor forward(Tensor x, Pass pass) {
        if (!x.shape().equals(definition.inputShape()) || x.examples() > memory.maxExamples()) {
            throw new IllegalArgumentException(x.examples() + " examples of " + x.shape() + " for a model of at most "
                    + memory.maxExamples() + " of " + definition.inputShape());
        }
        return layers.forward(x, pass);
    }

    /**
     * Adds to a graph what the model computes in evaluation.
     *
     * @param x normalized as the batches of training are
     * @return the logits
     * @throws ModelException if a layer cannot say it
     */
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        return layers.infer(graph, x);
    }

    /** Kind and name of the first layer whose output for a batch is not finite, in evaluation. */
    public Optional<String> firstNotFinite(Tensor x) {
        List<String> found = new ArrayList<>();
        forward(x, Pass.evaluation((layer, output) -> {
            if (found.isEmpty() && !memory.kernels().allFinite(output.values(), output.size())) {
                found.add(layer);
            }
        }));
        return found.stream().findFirst();
    }

    /**
     * Adds the gradients of the last forward pass to {@link #gradients()}.
     *
     * @param dLogits gradient of the sum of the examples' losses
     */
    public void backward(Tensor dLogits, Pass pass) {
        layers.backward(dLogits, pass);
        memory.lateGradient().finish(pass);
    }

    /** The gradient so far, as the definition's parameters are laid out; sums over examples. */
    public float[] gradients() {
        return memory.gradients();
    }

    /** Resets what a pass adds to or leaves, also after one that an exception has ended. */
    public void beginStep() {
        memory.lateGradient().clear();
        memory.batchStatistics().clear();
        memory.clearGradients();
    }

    /** What running statistics take in of the last training pass. */
    public BatchStatistics batchStatistics() {
        return memory.batchStatistics();
    }

    /** What estimation passes have added up. */
    public Population population() {
        return memory.population();
    }

    @Override
    public void close() {
        memory.linearKernels().close();
    }
}
