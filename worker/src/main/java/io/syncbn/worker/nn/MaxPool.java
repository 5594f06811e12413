package io.syncbn.worker.nn;

import java.util.Arrays;

/** The largest number of each window, by channel; the first one where several are equal, as in PyTorch. */
final class MaxPool implements Layer {
    private final Shape inputShape;
    private final Shape outputShape;
    private final SlidingWindow window;
    private final float[] output;
    private final float[] inputGradient;
    /** For each output, the place in the input array that it came from. */
    private final int[] origins;

    MaxPool(Shape inputShape, SlidingWindow window, ShardMemory memory) {
        this.inputShape = inputShape;
        this.outputShape = window.over(inputShape, inputShape.channels());
        this.window = window;
        this.output = memory.activations(outputShape);
        this.inputGradient = memory.activations(inputShape);
        this.origins = new int[output.length];
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        int channels = inputShape.channels();
        int out = 0;
        for (int n = 0; n < x.examples(); n++) {
            for (int row = 0; row < outputShape.height(); row++) {
                for (int column = 0; column < outputShape.width(); column++, out += channels) {
                    takeLargest(x.values(), n * inputShape.size(), row, column, out);
                }
            }
        }
        return new Tensor(output, x.examples(), outputShape);
    }

    private void takeLargest(float[] x, int example, int outputRow, int outputColumn, int out) {
        int channels = inputShape.channels();
        boolean first = true;
        for (int row = window.begin(outputRow); row < window.end(outputRow, inputShape.height()); row++) {
            for (int column = window.begin(outputColumn);
                    column < window.end(outputColumn, inputShape.width());
                    column++) {
                int pixel = example + (row * inputShape.width() + column) * channels;
                for (int c = 0; c < channels; c++) {
                    float value = x[pixel + c];
                    // Propagates NaN, so that a diverged run shows.
                    if (first || value > output[out + c] || Float.isNaN(value)) {
                        output[out + c] = value;
                        origins[out + c] = pixel + c;
                    }
                }
                first = false;
            }
        }
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        return graph.maxPool(x, window);
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Arrays.fill(inputGradient, 0, dy.examples() * inputShape.size(), 0);
        for (int i = 0; i < dy.size(); i++) {
            inputGradient[origins[i]] += dy.values()[i];
        }
        return new Tensor(inputGradient, dy.examples(), inputShape);
    }
}
