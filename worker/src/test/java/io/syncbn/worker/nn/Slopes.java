package io.syncbn.worker.nn;

import static io.syncbn.worker.nn.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Gradients of twins against finite differences of Σ dy·y with random dy. (A loss of Σy or Σy² would make dx of a
 * normalization 0, and prove nothing.)
 */
public final class Slopes {
    private static final double STEP = 1e-6;
    private static final double TOLERANCE = 1e-7;

    private Slopes() {}

    /**
     * The gradient of x, and those of the layer's parameters.
     *
     * @param parameters of this and other layers
     */
    public static void assertGradients(
            String name, Float64Layers.Twin layer, Float64Layers.Parameters parameters, double[] x, Random random) {
        double[] dy = normal(random, layer.forward(x).length);
        parameters.gradients.values().forEach(gradient -> Arrays.fill(gradient, 0));
        double[] dx = layer.backward(dy);
        assertSlopes(name + " dx", layer, x, dy, x, dx);
        for (Map.Entry<String, double[]> parameter : parameters.values.entrySet()) {
            double[] gradient = parameters.gradients.get(parameter.getKey()).clone();
            if (Arrays.stream(gradient).anyMatch(g -> g != 0)) {
                assertSlopes(name + " " + parameter.getKey(), layer, x, dy, parameter.getValue(), gradient);
            }
        }
    }

    /** @param place the numbers to move: x, or a parameter */
    private static void assertSlopes(
            String what, Float64Layers.Twin layer, double[] x, double[] dy, double[] place, double[] gradient) {
        for (int i = 0; i < place.length; i++) {
            double before = place[i];
            place[i] = before + STEP;
            double above = loss(layer.forward(x), dy);
            place[i] = before - STEP;
            double below = loss(layer.forward(x), dy);
            place[i] = before;
            double slope = (above - below) / (2 * STEP);
            assertThat(Math.abs(gradient[i] - slope))
                    .as("%s[%d]: gradient %s, slope %s", what, i, gradient[i], slope)
                    .isLessThan(TOLERANCE * (1 + Math.abs(slope)));
        }
    }

    private static double loss(double[] y, double[] dy) {
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += y[i] * dy[i];
        }
        return sum;
    }
}
