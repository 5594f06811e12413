package io.syncbn.worker.nn;

import io.syncbn.worker.kernels.Convolution;

/** y = x ∗ w + b, a convolution with square kernels; see {@link Convolution} for the arithmetic. */
final class Convolution2d implements Layer {
    static final int NO_BIAS = -1;

    private final Shape inputShape;
    private final Shape outputShape;
    private final int weightsOffset;
    private final int biasOffset;
    private final ShardMemory memory;
    private final Convolution convolution;
    private final float[] output;
    private final float[] inputGradient;
    private Tensor input;

    /** @param biasOffset of b in the weights, or {@link #NO_BIAS} */
    Convolution2d(Convolution.Geometry geometry, int weightsOffset, int biasOffset, ShardMemory memory) {
        this.inputShape = new Shape(geometry.height(), geometry.width(), geometry.inputChannels());
        this.outputShape = new Shape(geometry.outputHeight(), geometry.outputWidth(), geometry.outputChannels());
        this.weightsOffset = weightsOffset;
        this.biasOffset = biasOffset;
        this.memory = memory;
        this.convolution = new Convolution(geometry, memory.maxExamples(), memory.scratch());
        this.output = memory.activations(outputShape);
        this.inputGradient = memory.activations(inputShape);
    }

    @Override
    public Shape inputShape() {
        return inputShape;
    }

    @Override
    public Shape outputShape() {
        return outputShape;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        input = x;
        convolution.forward(x.values(), x.examples(), memory.weights(), weightsOffset, output);
        Tensor y = new Tensor(output, x.examples(), outputShape);
        if (biasOffset != NO_BIAS) {
            Bias.add(y, memory.weights(), biasOffset);
        }
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        convolution.backward(
                dy.values(),
                input.values(),
                dy.examples(),
                memory.weights(),
                weightsOffset,
                inputGradient,
                memory.gradients());
        if (biasOffset != NO_BIAS) {
            Bias.addGradient(dy, memory.gradients(), biasOffset);
        }
        return new Tensor(inputGradient, dy.examples(), inputShape);
    }
}
