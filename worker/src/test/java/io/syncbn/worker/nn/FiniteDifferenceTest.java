package io.syncbn.worker.nn;

import static io.syncbn.worker.nn.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The oracle itself against finite differences of Σ dy·y with random dy: what parity with it proves, rests on this. (A
 * loss of Σy or Σy² would make dx of a normalization 0, and prove nothing.)
 */
class FiniteDifferenceTest {
    private static final double STEP = 1e-6;
    private static final double TOLERANCE = 1e-7;
    private static final Shape SHAPE = new Shape(5, 4, 3);

    private static final Float64Layers.Parameters PARAMETERS = parameters(new Random(11));

    static Stream<Arguments> layers() {
        ShardedRun groups = new ShardedRun(2, 1, 2, 1);
        return Stream.of(
                Arguments.of(
                        "convolution", Float64Layers.convolution(PARAMETERS, "conv", SHAPE, 2, 3, 2, 1), SHAPE.size()),
                Arguments.of("dense", Float64Layers.dense(PARAMETERS, "fc", 7, 5), 7),
                Arguments.of("norm", norm(new ShardedRun(1, 4)), SHAPE.size()),
                Arguments.of("norm in groups", norm(groups), SHAPE.size()),
                Arguments.of(
                        "norm and relu",
                        Float64Layers.sequence(norm(new ShardedRun(1, 4)), Float64Layers.relu()),
                        SHAPE.size()),
                Arguments.of("max pool", Float64Layers.maxPool(SHAPE, 3, 2, 1), SHAPE.size()),
                Arguments.of("average pool", Float64Layers.averagePool(SHAPE, 2, 2, 1), SHAPE.size()),
                Arguments.of("global average pool", Float64Layers.averagePool(SHAPE, 5, 4, 1), SHAPE.size()),
                Arguments.of("flatten", Float64Layers.flatten(SHAPE), SHAPE.size()),
                Arguments.of("times", Float64Layers.times(i -> i % 3), SHAPE.size()),
                Arguments.of(
                        "residual",
                        Float64Layers.residual(norm(new ShardedRun(1, 4)), Float64Layers.sequence()),
                        SHAPE.size()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void gradientsAreSlopes(String name, Float64Layers.Twin layer, int size) {
        Random random = new Random(name.hashCode());
        double[] x = normal(random, 4 * size);
        double[] dy = normal(random, layer.forward(x).length);
        PARAMETERS.gradients.values().forEach(gradient -> Arrays.fill(gradient, 0));
        double[] dx = layer.backward(dy);
        assertSlopes(name + " dx", layer, x, dy, x, dx);
        for (Map.Entry<String, double[]> parameter : PARAMETERS.values.entrySet()) {
            double[] gradient = PARAMETERS.gradients.get(parameter.getKey()).clone();
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

    private static Float64Norm norm(ShardedRun run) {
        return new Float64Norm(PARAMETERS, "bn", 3, 1e-5, run.groupOfExample(), run.groups());
    }

    private static Float64Layers.Parameters parameters(Random random) {
        Float64Layers.Parameters parameters = new Float64Layers.Parameters();
        parameters.put("conv.weight", normal(random, 2 * 3 * 9));
        parameters.put("conv.bias", normal(random, 2));
        parameters.put("fc.weight", normal(random, 5 * 7));
        parameters.put("fc.bias", normal(random, 5));
        parameters.put("bn.weight", normal(random, 3, 1, 0.2));
        parameters.put("bn.bias", normal(random, 3));
        return parameters;
    }
}
