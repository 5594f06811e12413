package io.syncbn.worker.nn;

import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.util.List;

/** The scope in which a layer is defined: its name, its input's shape, and what it registers under its name. */
public final class LayerScope {
    private final ModelBuilderState blueprint;
    private final String name;
    private final Shape input;
    private Shape output;
    private boolean described;

    LayerScope(ModelBuilderState blueprint, String name, Shape input) {
        this.blueprint = blueprint;
        this.name = name;
        this.input = input;
        this.output = input;
    }

    /** The layer's whole name, such as {@code layer1.0.bn1}. */
    public String name() {
        return name;
    }

    /** Shape of an input example. */
    public Shape input() {
        return input;
    }

    /** Sets the shape of an output example; the input's by default. */
    public void output(Shape shape) {
        output = shape;
    }

    Shape output() {
        return output;
    }

    /**
     * Registers a parameter whose elements have PyTorch's order.
     *
     * @param suffix as in PyTorch: {@code weight} gives {@code NAME.weight} in files
     * @param dimensions PyTorch's
     * @return its offset in {@link ShardMemory#weights()} and {@link ShardMemory#gradients()}
     */
    public int parameter(String suffix, List<Integer> dimensions, Role role, Initializer initializer) {
        return blueprint.parameter(name + "." + suffix, dimensions, role, initializer);
    }

    /**
     * Registers the weights of a convolution or a dense layer, in the order that it reads.
     *
     * @param dimensions PyTorch's: outputs first, then inputs
     */
    public Entry weights(String suffix, List<Integer> dimensions, Initializer initializer) {
        return blueprint.weights(name + "." + suffix, dimensions, initializer);
    }

    /** Registers a parameter that has the layer's own name. */
    public int parameter(List<Integer> dimensions, Role role, Initializer initializer) {
        return blueprint.parameter(name, dimensions, role, initializer);
    }

    /**
     * Registers a running statistic of each channel. When a step commits, it is updated from what a training pass
     * leaves in {@link ShardMemory#batchStatistics()}, if it leaves something.
     *
     * @return its offset there and in {@link ShardMemory#runningStatistics()}
     */
    public int statistic(String suffix, Role role) {
        return blueprint.statistic(name + "." + suffix, input.channels(), role);
    }

    /** Registers the layer as one that sums moments over shards; returns its number for {@link Pass#moments()}. */
    public int reducedLayer() {
        return blueprint.normalizationLayer(name, input);
    }

    /** The layer's number among those that draw random numbers: a part of the key of a {@code CounterRandom}. */
    public int randomLayer() {
        return blueprint.nextDropoutLayer();
    }

    /**
     * Describes what the layer computes: workers and checkpoints with a different description are refused. Required.
     *
     * @param kind of layer
     * @param settings everything that determines its results, except weights
     */
    public void describe(String kind, String settings) {
        blueprint.describe(kind + " " + name + ": " + settings);
        described = true;
    }

    void requireDescription() {
        if (!described) {
            throw new ModelException(name + ": the layer's definition does not describe what it computes");
        }
    }
}
