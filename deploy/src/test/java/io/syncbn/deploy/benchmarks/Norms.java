package io.syncbn.deploy.benchmarks;

import io.syncbn.proto.job.Kernels;
import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.Norm;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Normalizer;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.norm.Normalizers;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One normalization layer in training, forward and backward, in the shapes of ResNet-20's stages. */
@State(Scope.Thread)
public class Norms {
    /** Of an example: 32 × 32 in the first stage, with 16 channels. */
    private static final int SIDE_BY_CHANNELS = 32 * 16;

    /** After which kernels have begun to warm up, in a thread of that name. */
    private static final int PASSES = 100;

    private static final String WARM_UP = "warm-up";

    private static final Pass TRAINING =
            new Pass(true, new Pass.BatchId(1, 1, 0, 0), MomentsReducer.LOCAL, offset -> {});

    @Param({"batch", "group:8", "layer", "instance"})
    public String norm;

    @Param({"4", "32"})
    public int batch;

    @Param({"16", "32", "64"})
    public int channels;

    private ShardModel model;
    private Norm layer;
    private Tensor input;
    private Tensor gradient;

    @Setup
    public void setUp() throws InterruptedException {
        int side = SIDE_BY_CHANNELS / channels;
        Normalizer normalizer = Normalizers.of(Normalization.DEFAULT).named(norm);
        Architecture oneLayer = net -> net.norm("norm", scope -> keepLayer(normalizer, scope))
                .globalAveragePool()
                .dense("classes", net.classes());
        ModelDefinition definition = ModelDefinition.of(
                oneLayer, new Shape(side, side, channels), 2, Normalizers.of(Normalization.DEFAULT), 0);
        model = definition.newShardModel(definition.newReplica(1), batch, Kernels.PORTABLE);
        Random random = new Random(1);
        input = normal(random, definition.inputShape());
        gradient = normal(random, definition.inputShape());
        for (int i = 0; i < PASSES; i++) {
            forwardAndBackward();
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(WARM_UP)) {
                thread.join();
            }
        }
    }

    /** Keeps the layer beside the model, to be called alone. */
    private NormFactory keepLayer(Normalizer normalizer, LayerScope scope) {
        NormFactory factory = normalizer.define(scope);
        return new NormFactory() {
            @Override
            public NormFactory withRelu() {
                throw new IllegalStateException("the layer is measured without ReLU");
            }

            @Override
            public Norm create(ShardMemory memory) {
                layer = factory.create(memory);
                return layer;
            }
        };
    }

    private Tensor normal(Random random, Shape shape) {
        Tensor tensor = Tensor.zeros(batch, shape);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.values()[i] = (float) random.nextGaussian();
        }
        return tensor;
    }

    @TearDown
    public void tearDown() {
        model.close();
    }

    @Benchmark
    public Tensor forwardAndBackward() {
        layer.forward(input, TRAINING);
        return layer.backward(gradient, TRAINING);
    }
}
