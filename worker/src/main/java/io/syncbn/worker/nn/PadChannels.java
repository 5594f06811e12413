package io.syncbn.worker.nn;

import java.util.Arrays;

/** Appends channels of zeros (He et al. 2016, option A of §3.3). */
final class PadChannels implements Layer {
    private final Shape inputShape;
    private final Shape outputShape;
    private final float[] output;
    private final float[] inputGradient;

    PadChannels(Shape inputShape, int channels, ShardMemory memory) {
        this.inputShape = inputShape;
        this.outputShape = new Shape(inputShape.height(), inputShape.width(), channels);
        this.output = memory.activations(outputShape);
        this.inputGradient = memory.activations(inputShape);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        int in = inputShape.channels();
        int out = outputShape.channels();
        for (int row = 0; row < x.rows(); row++) {
            System.arraycopy(x.values(), row * in, output, row * out, in);
            Arrays.fill(output, row * out + in, (row + 1) * out, 0);
        }
        return new Tensor(output, x.examples(), outputShape);
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        return graph.padChannels(x, outputShape.channels());
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        int in = inputShape.channels();
        int out = outputShape.channels();
        for (int row = 0; row < dy.rows(); row++) {
            System.arraycopy(dy.values(), row * out, inputGradient, row * in, in);
        }
        return new Tensor(inputGradient, dy.examples(), inputShape);
    }
}
