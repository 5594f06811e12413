package io.syncbn.worker.nn;

import java.util.Arrays;

/** The mean of each window, by channel. A window of the whole picture is global average pooling. */
final class AveragePool implements Layer {
    private final Shape inputShape;
    private final Shape outputShape;
    private final int height;
    private final int width;
    private final int stride;
    private final float[] output;
    private final float[] inputGradient;
    private final double[] sums;

    private AveragePool(Shape inputShape, int height, int width, int stride, ShardMemory memory) {
        this.inputShape = inputShape;
        this.height = height;
        this.width = width;
        this.stride = stride;
        this.outputShape = new Shape(
                (inputShape.height() - height) / stride + 1,
                (inputShape.width() - width) / stride + 1,
                inputShape.channels());
        this.output = memory.activations(outputShape);
        this.inputGradient = memory.activations(inputShape);
        this.sums = new double[inputShape.channels()];
    }

    /** @param window without padding */
    static AveragePool of(Shape inputShape, SlidingWindow window, ShardMemory memory) {
        return new AveragePool(inputShape, window.size(), window.size(), window.stride(), memory);
    }

    static AveragePool global(Shape inputShape, ShardMemory memory) {
        return new AveragePool(inputShape, inputShape.height(), inputShape.width(), 1, memory);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        int out = 0;
        for (int n = 0; n < x.examples(); n++) {
            for (int row = 0; row < outputShape.height(); row++) {
                for (int column = 0; column < outputShape.width(); column++, out += sums.length) {
                    average(x.values(), firstPixel(n, row, column), out);
                }
            }
        }
        return new Tensor(output, x.examples(), outputShape);
    }

    private void average(float[] x, int firstPixel, int out) {
        Arrays.fill(sums, 0);
        for (int row = 0; row < height; row++) {
            int i = firstPixel + row * inputShape.width() * sums.length;
            for (int column = 0; column < width; column++) {
                for (int c = 0; c < sums.length; c++, i++) {
                    sums[c] += x[i];
                }
            }
        }
        for (int c = 0; c < sums.length; c++) {
            output[out + c] = (float) (sums[c] / (height * width));
        }
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        boolean isGlobal = height == inputShape.height() && width == inputShape.width();
        return isGlobal ? graph.globalAveragePool(x) : graph.averagePool(x, new SlidingWindow(height, stride, 0));
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Arrays.fill(inputGradient, 0, dy.examples() * inputShape.size(), 0);
        int out = 0;
        for (int n = 0; n < dy.examples(); n++) {
            for (int row = 0; row < outputShape.height(); row++) {
                for (int column = 0; column < outputShape.width(); column++, out += sums.length) {
                    spread(dy.values(), out, firstPixel(n, row, column));
                }
            }
        }
        return new Tensor(inputGradient, dy.examples(), inputShape);
    }

    private void spread(float[] dy, int out, int firstPixel) {
        float share = 1f / (height * width);
        for (int row = 0; row < height; row++) {
            int i = firstPixel + row * inputShape.width() * sums.length;
            for (int column = 0; column < width; column++) {
                for (int c = 0; c < sums.length; c++, i++) {
                    inputGradient[i] += dy[out + c] * share;
                }
            }
        }
    }

    private int firstPixel(int example, int row, int column) {
        return example * inputShape.size()
                + (row * stride * inputShape.width() + column * stride) * inputShape.channels();
    }
}
