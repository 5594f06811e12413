package io.syncbn.deploy.benchmarks;

import io.syncbn.proto.job.Kernels;
import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.Architecture;
import io.syncbn.worker.nn.ModelDefinition;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.norm.Normalizers;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Two 3 × 3 convolutions one after the other, in the shapes of ResNet-20's first and last stage, and an end that makes a
 * model of them and costs next to nothing.
 */
@State(Scope.Thread)
public class Convolutions {
    private static final int CLASSES = 2;

    @Param({"2", "32"})
    public int batch;

    @Param({"16", "64"})
    public int channels;

    @Param({"PORTABLE", "ONEDNN"})
    public Kernels kernels;

    private ShardModel model;
    private Tensor pictures;
    private Tensor gradient;

    @Setup
    public void setUp() {
        int side = 32 * 16 / channels;
        Architecture convolutions = net -> net.conv2d("first", channels, 3, 1, 1)
                .conv2d("second", channels, 3, 1, 1)
                .globalAveragePool()
                .dense("classes", net.classes());
        ModelDefinition definition = ModelDefinition.of(
                convolutions, new Shape(side, side, channels), CLASSES, Normalizers.of(Normalization.DEFAULT), 0);
        model = definition.newShardModel(definition.newReplica(1), batch, kernels);
        pictures = Tensor.zeros(batch, definition.inputShape());
        Arrays.fill(pictures.values(), 0.5f);
        gradient = Tensor.zeros(batch, Shape.flat(CLASSES));
        Arrays.fill(gradient.values(), 0.25f);
    }

    @TearDown
    public void tearDown() {
        model.close();
    }

    @Benchmark
    public Tensor forward() {
        return model.forward(pictures, Pass.evaluation());
    }

    @Benchmark
    public float[] forwardAndBackward() {
        model.forward(pictures, Pass.evaluation());
        model.backward(gradient, Pass.evaluation());
        return model.gradients();
    }
}
