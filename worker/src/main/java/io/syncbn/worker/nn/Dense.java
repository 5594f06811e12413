package io.syncbn.worker.nn;

import io.syncbn.worker.kernels.MatrixProduct;

/** y = x · wᵀ + b on flat features: PyTorch's Linear. */
final class Dense implements Layer {
    private final Shape inputShape;
    private final Shape outputShape;
    private final int weightsOffset;
    private final int biasOffset;
    private final ShardMemory memory;
    private final MatrixProduct product;
    private final float[] output;
    private final float[] inputGradient;
    private Tensor input;

    Dense(int inputs, int outputs, int weightsOffset, int biasOffset, ShardMemory memory) {
        this.inputShape = Shape.flat(inputs);
        this.outputShape = Shape.flat(outputs);
        this.weightsOffset = weightsOffset;
        this.biasOffset = biasOffset;
        this.memory = memory;
        this.product = new MatrixProduct(inputs, outputs, memory.maxExamples(), memory.scratch());
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
        product.forward(x.values(), x.examples(), memory.weights(), weightsOffset, output);
        Tensor y = new Tensor(output, x.examples(), outputShape);
        Bias.add(y, memory.weights(), biasOffset);
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        product.backward(
                dy.values(),
                input.values(),
                dy.examples(),
                memory.weights(),
                weightsOffset,
                inputGradient,
                memory.gradients());
        Bias.addGradient(dy, memory.gradients(), biasOffset);
        return new Tensor(inputGradient, dy.examples(), inputShape);
    }
}
