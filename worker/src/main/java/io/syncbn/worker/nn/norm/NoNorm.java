package io.syncbn.worker.nn.norm;

import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.InferenceGraph;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.Norm;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Normalizer;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.Tensor;
import java.util.List;
import java.util.function.Supplier;

/** No normalization: y = x, then max(0, y) if a ReLU is fused. Convolutions before it have a bias. */
final class NoNorm implements Norm {

    /** Makes the layer. */
    record Factory(Shape shape, boolean relu) implements NormFactory {

        @Override
        public Factory withRelu() {
            return new Factory(shape, true);
        }

        @Override
        public NoNorm create(ShardMemory memory) {
            return new NoNorm(this, memory);
        }
    }

    private final Factory settings;
    private final ShardMemory memory;
    private final float[] output;

    private NoNorm(Factory settings, ShardMemory memory) {
        this.settings = settings;
        this.memory = memory;
        this.output = memory.activations(settings.shape);
        memory.reservePassedGradient(settings.shape);
    }

    /** Neither activations nor weights are normalized. */
    static Normalizer none(List<String> arguments, Normalization settings) {
        return new InPlaceOfNorms(false);
    }

    /** Weights are normalized instead: each convolution's and dense layer's, by its parametrization. */
    static Normalizer ofWeights(List<String> arguments, Normalization settings) {
        return new InPlaceOfNorms(true);
    }

    private record InPlaceOfNorms(boolean isOfWeights) implements Normalizer {
        @Override
        public NormFactory define(LayerScope scope) {
            scope.describe("noNorm", scope.input().channels() + " channels");
            return new Factory(scope.input(), false);
        }

        @Override
        public boolean shifts() {
            return false;
        }
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (!settings.relu) {
            return x;
        }
        memory.kernels().relu(x.values(), output, x.size());
        return new Tensor(output, x.examples(), settings.shape);
    }

    @Override
    public Tensor forwardAddRelu(Tensor x, Supplier<Tensor> residual, Pass pass) {
        memory.kernels().add(x.values(), residual.get().values(), output, x.size());
        memory.kernels().relu(output, output, x.size());
        return new Tensor(output, x.examples(), settings.shape);
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        return settings.relu ? graph.relu(x) : x;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        if (!settings.relu) {
            return dy;
        }
        memory.finishLateGradient(pass);
        memory.kernels().reluGradient(dy.values(), output, memory.passedGradient(), dy.size());
        return new Tensor(memory.passedGradient(), dy.examples(), settings.shape);
    }
}
