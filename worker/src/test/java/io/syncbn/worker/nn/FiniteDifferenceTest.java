package io.syncbn.worker.nn;

import static io.syncbn.worker.nn.Numbers.normal;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle itself against finite differences: what parity with it proves, rests on this. */
class FiniteDifferenceTest {
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
                Arguments.of(
                        "norm by fixed statistics",
                        new Float64FixedNorm(
                                PARAMETERS, "bn", new double[] {0.1, -0.4, 0}, new double[] {1, 0.3, 2}, 1e-5),
                        SHAPE.size()),
                Arguments.of(
                        "convolution on normalized weights",
                        Float64Weights.normalized(
                                PARAMETERS, "wn", 2, p -> Float64Layers.convolution(p, "wn", SHAPE, 2, 3, 1, 1)),
                        SHAPE.size()),
                Arguments.of(
                        "dense on normalized weights",
                        Float64Weights.normalized(PARAMETERS, "wn", 2, p -> Float64Layers.dense(p, "wn", 27, 2)),
                        27),
                Arguments.of(
                        "convolution on standardized weights",
                        Float64Weights.standardized(
                                PARAMETERS, "conv", 2, p -> Float64Layers.convolution(p, "conv", SHAPE, 2, 3, 1, 1)),
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
        Slopes.assertGradients(name, layer, PARAMETERS, x, random);
    }

    private static Float64Norm norm(ShardedRun run) {
        return new Float64Norm(PARAMETERS, "bn", 3, 1e-5, run.groupOfExample(), run.groups());
    }

    private static Float64Layers.Parameters parameters(Random random) {
        Float64Layers.Parameters parameters = new Float64Layers.Parameters();
        parameters.put("conv.weight", normal(random, 2 * 3 * 9));
        parameters.put("conv.bias", normal(random, 2));
        parameters.put("wn.parametrizations.weight.original0", normal(random, 2, 1, 0.5));
        parameters.put("wn.parametrizations.weight.original1", normal(random, 2 * 3 * 9));
        parameters.put("wn.bias", normal(random, 2));
        parameters.put("fc.weight", normal(random, 5 * 7));
        parameters.put("fc.bias", normal(random, 5));
        parameters.put("bn.weight", normal(random, 3, 1, 0.2));
        parameters.put("bn.bias", normal(random, 3));
        return parameters;
    }
}
