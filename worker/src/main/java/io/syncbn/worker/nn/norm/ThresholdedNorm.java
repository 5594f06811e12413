package io.syncbn.worker.nn.norm;

import io.syncbn.worker.nn.InferenceGraph;
import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.Norm;
import io.syncbn.worker.nn.NormFactory;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * z = max(y, τ) behind a normalization, with a learned threshold τ for each channel: a thresholded linear unit (Singh
 * &amp; Krishnan 2020, §3.2), in the place of a ReLU. dτ = Σ dz where y does not exceed τ.
 */
final class ThresholdedNorm implements Norm {

    /** The normalization alone, until a ReLU follows. */
    record Pending(MomentNorm.Factory norm, LayerScope scope) implements NormFactory {
        @Override
        public Factory withRelu() {
            int threshold =
                    scope.parameter("tau", List.of(norm.groups().channels()), Role.NORM_SHIFT, Initializer.constant(0));
            return new Factory(norm, threshold);
        }

        @Override
        public Norm create(ShardMemory memory) {
            return norm.create(memory);
        }
    }

    /**
     * Makes the layer.
     *
     * @param thresholds offset of τ among the parameters
     */
    record Factory(MomentNorm.Factory norm, int thresholds) implements NormFactory {
        @Override
        public Factory withRelu() {
            throw new IllegalStateException("a threshold is there already");
        }

        @Override
        public ThresholdedNorm create(ShardMemory memory) {
            return new ThresholdedNorm(this, memory);
        }
    }

    private final Norm norm;
    private final int thresholds;
    private final Shape shape;
    private final ShardMemory memory;
    private final float[] output;
    private final float[] gradient;

    private ThresholdedNorm(Factory settings, ShardMemory memory) {
        this.norm = settings.norm.create(memory);
        this.thresholds = settings.thresholds;
        this.shape = settings.norm.groups().shape();
        this.memory = memory;
        this.output = memory.activations(shape);
        this.gradient = memory.activations(shape);
    }

    private float[] threshold() {
        return Arrays.copyOfRange(memory.weights(), thresholds, thresholds + shape.channels());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor y = norm.forward(x, pass);
        float[] threshold = threshold();
        for (int row = 0, i = 0; row < y.rows(); row++) {
            for (int c = 0; c < threshold.length; c++, i++) {
                output[i] = Math.max(y.values()[i], threshold[c]);
            }
        }
        return new Tensor(output, x.examples(), shape);
    }

    @Override
    public Tensor forwardAddRelu(Tensor x, Supplier<Tensor> residual, Pass pass) {
        throw new IllegalStateException("nothing is added behind a threshold");
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        return graph.atLeast(norm.infer(graph, x), threshold());
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        float[] threshold = threshold();
        double[] sums = new double[threshold.length];
        for (int row = 0, i = 0; row < dy.rows(); row++) {
            for (int c = 0; c < threshold.length; c++, i++) {
                boolean passes = output[i] > threshold[c];
                gradient[i] = passes ? dy.values()[i] : 0;
                sums[c] += passes ? 0 : dy.values()[i];
            }
        }
        for (int c = 0; c < sums.length; c++) {
            memory.gradients()[thresholds + c] += (float) sums[c];
        }
        return norm.backward(new Tensor(gradient, dy.examples(), shape), pass);
    }
}
