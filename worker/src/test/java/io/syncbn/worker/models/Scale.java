package io.syncbn.worker.models;

import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.Layer;
import io.syncbn.worker.nn.LayerFactory;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Tensor;
import java.util.List;

// The README has it word for word.
public final class Scale {
    private Scale() {}

    public static LayerFactory define(LayerScope scope) {
        int channels = scope.input().channels();
        int w = scope.parameter("weight", List.of(channels), Role.WEIGHT, Initializer.constant(1));
        scope.describe("scale", "a factor for each channel");
        return memory -> new Layer() {
            private final float[] y = memory.activations(scope.input());
            private final float[] dx = memory.activations(scope.input());
            private Tensor x;

            @Override
            public Tensor forward(Tensor input, Pass pass) {
                x = input;
                for (int i = 0; i < x.size(); i++) {
                    y[i] = x.values()[i] * memory.weights()[w + i % channels];
                }
                return new Tensor(y, x.examples(), x.shape());
            }

            @Override
            public Tensor backward(Tensor dy, Pass pass) {
                for (int i = 0; i < dy.size(); i++) {
                    memory.gradients()[w + i % channels] += dy.values()[i] * x.values()[i];
                    dx[i] = dy.values()[i] * memory.weights()[w + i % channels];
                }
                return new Tensor(dx, dy.examples(), dy.shape());
            }
        };
    }
}
