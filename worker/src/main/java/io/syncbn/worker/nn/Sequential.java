package io.syncbn.worker.nn;

import java.util.List;

/**
 * Layers one after another. Backward tells, after each, from where on the gradient is final, and ends at the first layer
 * with parameters.
 */
final class Sequential implements Layer {

    /**
     * Layers to be made.
     *
     * @param firstParameters for each of the layers, how many parameters stand before its own
     */
    record Spec(Shape inputShape, List<LayerFactory> layers, List<Integer> firstParameters) implements LayerFactory {
        Spec {
            layers = List.copyOf(layers);
            firstParameters = List.copyOf(firstParameters);
        }

        @Override
        public Sequential create(ShardMemory memory) {
            return new Sequential(
                    inputShape,
                    layers.stream().map(layer -> layer.create(memory)).toList(),
                    firstParameters,
                    memory.lateGradient());
        }
    }

    private final Shape inputShape;
    private final List<Layer> layers;
    private final List<Integer> firstParameters;
    private final LateGradient lateGradient;

    private Sequential(Shape inputShape, List<Layer> layers, List<Integer> firstParameters, LateGradient lateGradient) {
        this.inputShape = inputShape;
        this.layers = layers;
        this.firstParameters = firstParameters;
        this.lateGradient = lateGradient;
    }

    @Override
    public Shape inputShape() {
        return inputShape;
    }

    @Override
    public Shape outputShape() {
        return layers.isEmpty() ? inputShape : layers.get(layers.size() - 1).outputShape();
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor y = x;
        for (Layer layer : layers) {
            y = layer.forward(y, pass);
        }
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = dy;
        for (int i = layers.size() - 1; i >= 0 && dx != null; i--) {
            dx = layers.get(i).backward(dx, pass);
            lateGradient.completeFrom(firstParameters.get(i), pass);
        }
        return dx;
    }
}
