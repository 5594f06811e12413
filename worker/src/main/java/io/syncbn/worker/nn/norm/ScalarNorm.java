package io.syncbn.worker.nn.norm;

import io.syncbn.worker.kernels.Rows;
import io.syncbn.worker.kernels.Transform;
import io.syncbn.worker.nn.InferenceGraph;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.Norm;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.Tensor;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * y = s·x or y = x + b, one learned number for all of a layer, then max(0, y) if a ReLU is fused: what Fixup (Zhang et al.
 * 2019) puts in the place of normalizations.
 *
 * <pre>
 *   ds = Σ dy·x,   db = Σ dy,   dx = s·dy or dy
 * </pre>
 */
final class ScalarNorm implements Norm {

    /** What the number is for. */
    enum Kind {
        SCALE("scalarScale"),
        BIAS("scalarBias");

        private final String description;

        Kind(String description) {
            this.description = description;
        }
    }

    /**
     * Makes the layer.
     *
     * @param offset of the number among the parameters
     */
    record Factory(Kind kind, Shape shape, int offset, boolean relu) implements NormFactory {

        static Factory define(LayerScope scope, Kind kind, int offset) {
            scope.describe(kind.description, scope.input().channels() + " channels");
            return new Factory(kind, scope.input(), offset, false);
        }

        @Override
        public Factory withRelu() {
            return new Factory(kind, shape, offset, true);
        }

        @Override
        public ScalarNorm create(ShardMemory memory) {
            return new ScalarNorm(this, memory);
        }
    }

    private final Factory settings;
    private final int channels;
    private final ShardMemory memory;
    private final float[] output;
    private final double[] zeros;
    private final Transform forward;
    private final Transform backward;

    private Tensor input;

    private ScalarNorm(Factory settings, ShardMemory memory) {
        this.settings = settings;
        this.channels = settings.shape.channels();
        this.memory = memory;
        this.output = memory.activations(settings.shape);
        memory.reservePassedGradient(settings.shape);
        this.zeros = new double[channels];
        this.forward = Transform.ofChannels(channels);
        this.backward = Transform.ofChannels(channels);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        begin(x);
        memory.kernels().normalize(x.values(), output, rows(x), forward, settings.relu);
        return new Tensor(output, x.examples(), settings.shape);
    }

    @Override
    public Tensor forwardAddRelu(Tensor x, Supplier<Tensor> residual, Pass pass) {
        begin(x);
        memory.kernels().normalizeAddRelu(x.values(), residual.get().values(), output, rows(x), forward);
        return new Tensor(output, x.examples(), settings.shape);
    }

    private void begin(Tensor x) {
        input = x;
        setLine();
    }

    private void setLine() {
        float number = memory.weights()[settings.offset];
        Arrays.fill(forward.scale(), settings.kind == Kind.SCALE ? number : 1);
        Arrays.fill(forward.shift(), settings.kind == Kind.BIAS ? number : 0);
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        setLine();
        InferenceGraph.Value y =
                graph.scaleAndShift(x, forward.scale().clone(), forward.shift().clone());
        return settings.relu ? graph.relu(y) : y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        memory.finishLateGradient(pass);
        float[] reluOutput = settings.relu ? output : null;
        double[] sums = new double[channels];
        double[] products = new double[channels];
        memory.kernels().gradientMoments(dy.values(), input.values(), reluOutput, rows(dy), zeros, sums, products);
        double gradient = 0;
        for (double ofChannel : settings.kind == Kind.SCALE ? products : sums) {
            gradient += ofChannel;
        }
        memory.gradients()[settings.offset] += (float) gradient;
        memory.kernels()
                .normalizeGradient(
                        dy.values(),
                        input.values(),
                        reluOutput,
                        memory.passedGradient(),
                        rows(dy),
                        forward.scale(),
                        backward);
        return new Tensor(memory.passedGradient(), dy.examples(), settings.shape);
    }

    private Rows rows(Tensor tensor) {
        return new Rows(0, tensor.rows(), channels);
    }
}
