package io.syncbn.worker.nn;

import java.util.function.Supplier;

/**
 * y = max(0, norm(main(x)) + shortcut(x)), a basic residual block (He et al. 2016); the sum and the ReLU are fused into
 * the last normalization. An empty shortcut is the identity.
 *
 * <p>The shortcut's parameters stand last, as in PyTorch, so backward takes the shortcut first: gradients become final
 * from the end of the array to its beginning. Where a normalization ends the shortcut, its sums are under way together
 * with those of the main branch.
 */
final class Residual implements Layer {

    /** A block to be made. */
    record Spec(
            Sequential.Spec main,
            NormFactory norm,
            String nameOfNorm,
            int firstNormParameter,
            Sequential.Spec shortcut,
            Shape outputShape)
            implements LayerFactory {
        Shape inputShape() {
            return main.inputShape();
        }

        @Override
        public Residual create(ShardMemory memory) {
            return new Residual(this, memory);
        }
    }

    private final Spec spec;
    private final Sequential main;
    private final Norm norm;
    private final int firstNormParameter;
    private final Sequential shortcut;
    private final ShardMemory memory;
    private final float[] sumGradient;
    /** The shortcut's gradient while the main branch runs, then the input's. */
    private final float[] inputGradient;

    private Tensor output;

    private Residual(Spec spec, ShardMemory memory) {
        this.spec = spec;
        this.main = spec.main.create(memory);
        this.norm = spec.norm.create(memory);
        this.firstNormParameter = spec.firstNormParameter;
        this.shortcut = spec.shortcut.create(memory);
        this.memory = memory;
        this.sumGradient = memory.activations(spec.outputShape);
        this.inputGradient = spec.shortcut.layers().isEmpty() ? sumGradient : memory.activations(spec.inputShape());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Supplier<Tensor> residual = shortcut.startForward(x, pass);
        output = norm.forwardAddRelu(main.forward(x, pass), residual, pass);
        return output;
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        InferenceGraph.Value byMain = norm.infer(graph.at(spec.nameOfNorm), main.infer(graph, x));
        return graph.relu(graph.add(byMain, shortcut.infer(graph, x)));
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        memory.kernels().reluGradient(dy.values(), output.values(), sumGradient, dy.size());
        Tensor dSum = new Tensor(sumGradient, dy.examples(), spec.outputShape);
        Supplier<Tensor> byShortcut = shortcut.startBackward(dSum, pass);
        Supplier<Tensor> byNorm = norm.startBackward(dSum, pass);
        keepOfShortcut(byShortcut.get());
        Tensor intoMain = byNorm.get();
        memory.lateGradient().completeFrom(firstNormParameter, pass);
        Tensor byMain = main.backward(intoMain, pass);
        memory.kernels().add(byMain.values(), inputGradient, inputGradient, byMain.size());
        return new Tensor(inputGradient, dy.examples(), spec.inputShape());
    }

    /** Copies the shortcut's gradient, because the main branch overwrites the array in which layers pass theirs on. */
    private void keepOfShortcut(Tensor byShortcut) {
        if (byShortcut.values() != inputGradient) {
            System.arraycopy(byShortcut.values(), 0, inputGradient, 0, byShortcut.size());
        }
    }
}
