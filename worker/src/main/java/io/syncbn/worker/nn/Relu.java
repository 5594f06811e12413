package io.syncbn.worker.nn;

/** y = max(0, x). After a normalization it is fused into that. */
final class Relu implements Layer {
    private final Shape shape;
    private final ShardMemory memory;
    private final float[] output;
    private final float[] inputGradient;

    Relu(Shape shape, ShardMemory memory) {
        this.shape = shape;
        this.memory = memory;
        this.output = memory.activations(shape);
        this.inputGradient = memory.activations(shape);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        memory.kernels().relu(x.values(), output, x.size());
        return new Tensor(output, x.examples(), shape);
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        return graph.relu(x);
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        memory.kernels().reluGradient(dy.values(), output, inputGradient, dy.size());
        return new Tensor(inputGradient, dy.examples(), shape);
    }
}
