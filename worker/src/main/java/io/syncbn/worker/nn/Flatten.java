package io.syncbn.worker.nn;

/** H × W × C pictures as flat features in the order C, H, W: PyTorch's, so that dense weights fit its files. */
final class Flatten implements Layer {
    private final Shape inputShape;
    private final Shape outputShape;
    private final float[] output;
    private final float[] inputGradient;

    Flatten(Shape inputShape, ShardMemory memory) {
        this.inputShape = inputShape;
        this.outputShape = Shape.flat(inputShape.size());
        this.output = memory.activations(outputShape);
        this.inputGradient = memory.activations(inputShape);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        transpose(x.values(), output, x.examples(), inputShape.pixels(), inputShape.channels());
        return new Tensor(output, x.examples(), outputShape);
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        return graph.flatten(x);
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        transpose(dy.values(), inputGradient, dy.examples(), inputShape.channels(), inputShape.pixels());
        return new Tensor(inputGradient, dy.examples(), inputShape);
    }

    /** Each example's rows × columns matrix becomes columns × rows. */
    private static void transpose(float[] from, float[] to, int examples, int rows, int columns) {
        for (int n = 0; n < examples; n++) {
            int start = n * rows * columns;
            for (int row = 0, i = start; row < rows; row++) {
                for (int column = 0; column < columns; column++, i++) {
                    to[start + column * rows + row] = from[i];
                }
            }
        }
    }
}
