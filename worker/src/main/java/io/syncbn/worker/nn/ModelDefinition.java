package io.syncbn.worker.nn;

import io.syncbn.proto.job.Kernels;
import io.syncbn.worker.kernels.LinearKernels;
import io.syncbn.worker.random.CounterRandom;
import io.syncbn.worker.random.CounterRandom.Purpose;
import java.util.Arrays;
import java.util.List;

/**
 * A model with all shapes known and every parameter placed; makes the worker's replica and its shards' models.
 *
 * <p>Immutable.
 */
public final class ModelDefinition {
    private final Shape inputShape;
    private final ParameterLayout parameters;
    private final ParameterLayout statistics;
    private final List<Initializer> initializers;
    private final List<String> normalizationLayers;
    private final List<Integer> normalizedPixels;
    private final Description description;
    private final Sequential.Spec layers;

    private ModelDefinition(Shape inputShape, ModelBuilderState blueprint, Sequential.Spec layers) {
        this.inputShape = inputShape;
        this.parameters = new ParameterLayout(blueprint.parameters);
        this.statistics = new ParameterLayout(blueprint.statistics);
        this.initializers = List.copyOf(blueprint.initializers);
        this.normalizationLayers = List.copyOf(blueprint.normalizationLayers());
        this.normalizedPixels = List.copyOf(blueprint.normalizedPixels());
        this.description = new Description(inputShape.toString(), blueprint.layers());
        this.layers = layers;
    }

    /**
     * Works out a model for a kind of data.
     *
     * @param input shape of an example
     * @param norms the job's
     * @param dropout the job's rate
     * @throws ModelException if layers do not fit each other or the data
     */
    public static ModelDefinition of(Architecture architecture, Shape input, int classes, Norms norms, double dropout) {
        ModelBuilderState blueprint = new ModelBuilderState(classes, norms, dropout);
        Net net = new Net(blueprint, "", input);
        architecture.define(net);
        if (!net.shape().equals(Shape.flat(classes))) {
            throw new ModelException("the model ends with " + net.shape() + ", but must give one number for each of "
                    + classes + " classes; its last layer should be dense(NAME, net.classes())");
        }
        return new ModelDefinition(input, blueprint, net.sequential());
    }

    public Shape inputShape() {
        return inputShape;
    }

    public ParameterLayout parameters() {
        return parameters;
    }

    public ParameterLayout statistics() {
        return statistics;
    }

    /** Names of the layers that sum moments over shards, by number, in the order of the parameters. */
    public List<String> normalizationLayers() {
        return normalizationLayers;
    }

    /** How many pixels of an example each of these layers normalizes. */
    public List<Integer> normalizedPixels() {
        return normalizedPixels;
    }

    /** What it consists of, in words that tell two models apart. */
    public Description description() {
        return description;
    }

    /** The state before training. */
    public Replica newReplica(long seed) {
        float[] weights = new float[parameters.size()];
        for (int i = 0; i < initializers.size(); i++) {
            ParameterLayout.Entry entry = parameters.entries().get(i);
            CounterRandom random = new CounterRandom(seed, Purpose.WEIGHTS, i, 0, 0);
            initializers.get(i).fill(weights, entry.offset(), entry.size(), random);
            int end = entry.offset() + entry.size();
            entry.write(Arrays.copyOfRange(weights, entry.offset(), end), weights);
        }
        float[] running = new float[statistics.size()];
        for (ParameterLayout.Entry entry : statistics.entries()) {
            if (entry.role() == ParameterLayout.Role.RUNNING_VARIANCE) {
                Arrays.fill(running, entry.offset(), entry.offset() + entry.size(), 1);
            }
        }
        return new Replica(parameters, weights, statistics, running);
    }

    /**
     * The model for one shard, with memory of its own.
     *
     * @param maxExamples the largest batch that it will see
     * @param kernels of convolutions and matrix products
     */
    public ShardModel newShardModel(Replica replica, int maxExamples, Kernels kernels) {
        return newShardModel(replica, maxExamples, kernels, 1);
    }

    /**
     * The same, computing with several threads.
     *
     * @param threads that share the shard's operations; they change no bit
     */
    public ShardModel newShardModel(Replica replica, int maxExamples, Kernels kernels, int threads) {
        return new ShardModel(this, layers, replica, maxExamples, LinearKernels.of(kernels, threads));
    }
}
