package io.syncbn.worker.nn;

import io.syncbn.worker.kernels.LinearOperation;
import io.syncbn.worker.kernels.WeightOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * y = map(x, w) + b: a convolution or a dense layer. Backward defers the gradient of w, see {@link
 * DeferredWeightGradient}.
 */
final class LinearLayer implements Layer {
    static final int NO_BIAS = -1;

    /**
     * Where the layer stands in the model.
     *
     * @param biasOffset of b in the weights, or {@link #NO_BIAS}
     * @param first whether no layer before it has parameters, so that its input's gradient is not needed
     * @param window of a convolution; none of a dense layer
     */
    record Place(Shape input, Shape output, int biasOffset, boolean first, Optional<SlidingWindow> window) {
        private WeightOrder order() {
            int taps = window.map(square -> square.size() * square.size()).orElse(1);
            return new WeightOrder(output.channels(), input.channels(), taps);
        }
    }

    private final Place place;
    private final LayerWeights weights;
    private final LinearOperation map;
    private final ShardMemory memory;
    private final float[] output;
    private final Runnable weightsGradient;

    LinearLayer(Place place, LayerWeights weights, LinearOperation map, ShardMemory memory) {
        this.place = place;
        this.weights = weights;
        this.map = map;
        this.memory = memory;
        this.output = memory.activations(place.output);
        if (!place.first) {
            memory.reservePassedGradient(place.input);
        }
        this.weightsGradient = () -> {
            map.weightsGradient(weights.gradient(), weights.offset());
            weights.finishGradient();
        };
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        weights.prepare();
        map.forward(x.values(), x.examples(), weights.values(), weights.offset(), output);
        Tensor y = new Tensor(output, x.examples(), place.output);
        if (place.biasOffset != NO_BIAS) {
            Bias.add(y, memory.weights(), place.biasOffset);
        }
        return y;
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        weights.prepare();
        float[] w = place.order().inFileOrder(weights.values(), weights.offset());
        Optional<float[]> bias = place.biasOffset == NO_BIAS
                ? Optional.empty()
                : Optional.of(Arrays.copyOfRange(
                        memory.weights(), place.biasOffset, place.biasOffset + place.output.channels()));
        return place.window.isPresent() ? graph.conv2d(x, w, bias, place.window.get()) : graph.dense(x, w, bias);
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        memory.lateGradient().finish(pass);
        if (place.biasOffset != NO_BIAS) {
            Bias.addGradient(dy, memory.gradients(), place.biasOffset);
        }
        float[] inputGradient = place.first ? null : memory.passedGradient();
        map.backward(dy.values(), weights.values(), weights.offset(), inputGradient);
        memory.lateGradient().leave(weightsGradient);
        return place.first ? null : new Tensor(inputGradient, dy.examples(), place.input);
    }
}
