package io.syncbn.worker.nn;

import java.util.List;
import java.util.function.Supplier;

/**
 * Layers one after another. After each layer, backward reports the offset from which the gradient is final; it ends at
 * the first layer with parameters.
 */
final class Sequential implements Layer {

    /**
     * Layers to be made.
     *
     * @param names of the layers, for people
     * @param firstParameters for each of the layers, how many parameters stand before its own
     */
    record Spec(Shape inputShape, List<LayerFactory> layers, List<String> names, List<Integer> firstParameters)
            implements LayerFactory {
        Spec {
            layers = List.copyOf(layers);
            names = List.copyOf(names);
            firstParameters = List.copyOf(firstParameters);
        }

        @Override
        public Sequential create(ShardMemory memory) {
            return new Sequential(
                    layers.stream().map(layer -> layer.create(memory)).toList(),
                    names,
                    firstParameters,
                    memory.lateGradient());
        }
    }

    private final List<Layer> layers;
    private final List<String> names;
    private final List<Integer> firstParameters;
    private final DeferredWeightGradient lateGradient;

    private Sequential(
            List<Layer> layers,
            List<String> names,
            List<Integer> firstParameters,
            DeferredWeightGradient lateGradient) {
        this.layers = layers;
        this.names = names;
        this.firstParameters = firstParameters;
        this.lateGradient = lateGradient;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return startForward(x, pass).get();
    }

    @Override
    public Supplier<Tensor> startForward(Tensor x, Pass pass) {
        if (layers.isEmpty()) {
            return () -> x;
        }
        Tensor y = x;
        int last = layers.size() - 1;
        for (int i = 0; i < last; i++) {
            y = layers.get(i).forward(y, pass);
            pass.outputs().computed(names.get(i), y);
        }
        Supplier<Tensor> rest = layers.get(last).startForward(y, pass);
        return () -> {
            Tensor output = rest.get();
            pass.outputs().computed(names.get(last), output);
            return output;
        };
    }

    @Override
    public InferenceGraph.Value infer(InferenceGraph graph, InferenceGraph.Value x) {
        InferenceGraph.Value y = x;
        for (int i = 0; i < layers.size(); i++) {
            y = layers.get(i).infer(graph.at(names.get(i)), y);
        }
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        return startBackward(dy, pass).get();
    }

    @Override
    public Supplier<Tensor> startBackward(Tensor dy, Pass pass) {
        if (layers.isEmpty()) {
            return () -> dy;
        }
        int last = layers.size() - 1;
        Supplier<Tensor> started = layers.get(last).startBackward(dy, pass);
        return () -> {
            Tensor dx = started.get();
            lateGradient.completeFrom(firstParameters.get(last), pass);
            for (int i = last - 1; i >= 0 && dx != null; i--) {
                dx = layers.get(i).backward(dx, pass);
                lateGradient.completeFrom(firstParameters.get(i), pass);
            }
            return dx;
        };
    }
}
