package io.syncbn.worker.nn.norm;

import static io.syncbn.worker.nn.Numbers.assertClose;
import static io.syncbn.worker.nn.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.worker.PyTorch;
import io.syncbn.worker.nn.Float64Layers;
import io.syncbn.worker.nn.Float64Norm;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.Slopes;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.TestMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Normalization by groups within a shard (group, layer and instance normalization, ghost batches, and what lies between)
 * against its definition in float64, and that against finite differences and PyTorch.
 */
class GroupNormTest {
    private static final Shape PICTURE = new Shape(3, 2, 6);
    private static final double EPSILON = 1e-5;

    /** @param sharing how many examples share statistics */
    record Case(String name, Shape shape, int sharing, int groups, int... examples) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("one group", PICTURE, 1, 1, 4),
                new Case("two groups, uneven shards", PICTURE, 1, 2, 5, 1, 3),
                new Case("three groups, an empty shard", PICTURE, 1, 3, 4, 0, 2),
                new Case("a channel a group", PICTURE, 1, 6, 2, 2),
                new Case("vectors of channels and a rest", new Shape(4, 3, 52), 1, 4, 2, 1),
                new Case("features", Shape.flat(20), 1, 5, 3, 1),
                new Case("ghost batches, the last one smaller", PICTURE, 3, 6, 7, 3, 1),
                new Case("ghost batches of two groups", PICTURE, 2, 2, 4, 5, 0),
                new Case("a ghost batch that is never full", PICTURE, 9, 3, 4),
                new Case("no example at all", PICTURE, 1, 2, 0));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void itIsItsDefinition(Case each) {
        assertParity(each, Fused.NOTHING, true, 0, 1, 2e-6);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFusedReluBehavesAsOneBehind(Case each) {
        assertParity(each, Fused.RELU, true, 0.3, 2, 2e-6);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFusedSumBehavesAsOneBehind(Case each) {
        assertParity(each, Fused.ADD_RELU, true, 0.3, 2, 2e-6);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withoutAffineThereAreNoParameters(Case each) {
        assertParity(each, Fused.NOTHING, false, 0, 1, 2e-6);
    }

    @ParameterizedTest
    @ValueSource(doubles = {10, 1000, 10_000})
    void largeMeanDoesNotCostTheVariance(double meanByDeviation) {
        assertParity(
                new Case("large mean", new Shape(8, 8, 6), 1, 2, 3, 1),
                Fused.RELU,
                true,
                meanByDeviation * 0.5,
                0.5,
                2e-5);
    }

    /** So many numbers that the sum of their squares is rounded: some variances would be below 0 if they were let. */
    @Test
    void constantGroupsGiveBeta() {
        Shape shape = new Shape(31, 33, 16);
        for (int seed = 0; seed < 20; seed++) {
            double[] x = new double[shape.size()];
            Arrays.fill(x, (float) (1000 + 100 * new Random(seed).nextGaussian()));
            Replica replica = replica(16, true, new Random(1));
            float[] y = run(replica, factory(NormGroups.ofShard(shape, 1, 4), 1e-12, true), shape, x);
            for (int i = 0; i < y.length; i++) {
                assertThat(y[i]).as("seed %d", seed).isCloseTo(replica.weights()[16 + i % 16], within(0.05f));
            }
        }
    }

    @Test
    void evaluationComputesAsTrainingDoes() {
        Random random = new Random(3);
        Replica replica = replica(6, true, random);
        Tensor x = tensor(normal(random, 2 * PICTURE.size()), PICTURE);
        MomentNorm.Factory factory = factory(NormGroups.ofShard(PICTURE, 1, 2), EPSILON, true);
        float[] trained =
                factory.create(TestMemory.of(replica, 2)).forward(x, training()).values();
        float[] evaluated = factory.create(TestMemory.of(replica, 2))
                .forward(x, Pass.evaluation())
                .values();
        assertThat(evaluated).isEqualTo(trained);
    }

    @Test
    void gradientsOfTheDefinitionAreSlopes() {
        Random random = new Random(7);
        Float64Layers.Parameters parameters = parameters(normal(random, 6, 1, 0.3), normal(random, 6));
        double[] x = normal(random, 5 * PICTURE.size());
        Slopes.assertGradients("norm", definition(parameters, PICTURE, 2, 3, 5), parameters, x, random);
    }

    /** PyTorch's own layer, for each number of groups; in float64. */
    @ParameterizedTest
    @CsvSource({
        "3, 'torch.nn.GroupNorm(3, 6, dtype=torch.float64)'",
        "1, 'torch.nn.GroupNorm(1, 6, dtype=torch.float64)'",
        "6, 'torch.nn.InstanceNorm2d(6, affine=True, dtype=torch.float64)'"
    })
    void pyTorchComputesTheSame(int groups, String layer, @TempDir Path directory) throws Exception {
        Random random = new Random(11);
        double[] gamma = normal(random, 6, 1, 0.3);
        double[] beta = normal(random, 6);
        double[] x = normal(random, 2 * PICTURE.size(), 2, 3);
        double[] dy = normal(random, x.length);
        Float64Layers.Parameters parameters = parameters(gamma, beta);
        Float64Norm definition = definition(parameters, PICTURE, 1, groups, 2);
        List<Double> expected = new ArrayList<>();
        addAll(expected, definition.forward(x));
        addAll(expected, definition.backward(dy));
        addAll(expected, parameters.gradients.get("bn.weight"));
        addAll(expected, parameters.gradients.get("bn.bias"));
        String script = String.join(
                "\n",
                "import torch",
                "x, dy, g, b = (torch.tensor(v, dtype=torch.float64) for v in "
                        + Arrays.asList(
                                Arrays.toString(x), Arrays.toString(dy), Arrays.toString(gamma), Arrays.toString(beta))
                        + ")",
                "x = x.reshape(2, 3, 2, 6).permute(0, 3, 1, 2).contiguous().requires_grad_()",
                "dy = dy.reshape(2, 3, 2, 6).permute(0, 3, 1, 2)",
                "norm = " + layer,
                "norm.load_state_dict({'weight': g, 'bias': b})",
                "y = norm(x)",
                "y.backward(dy)",
                "flat = [t.permute(0, 2, 3, 1).flatten() for t in (y.detach(), x.grad)]",
                "flat += [norm.weight.grad, norm.bias.grad]",
                "print(*torch.cat(flat).tolist())");
        String printed = PyTorch.run(directory, script, List.of());
        double[] actual = Arrays.stream(printed.strip().split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertClose(
                "PyTorch's",
                actual,
                expected.stream().mapToDouble(Double::doubleValue).toArray(),
                1e-9);
    }

    private enum Fused {
        NOTHING,
        RELU,
        ADD_RELU
    }

    private static void assertParity(
            Case each, Fused fused, boolean affine, double mean, double deviation, double tolerance) {
        long seed = each.name().hashCode();
        Random random = new Random(seed);
        Shape shape = each.shape();
        int channels = shape.channels();
        Replica replica = replica(channels, affine, random);
        NormGroups groups = NormGroups.ofShard(shape, each.sharing(), each.groups());
        MomentNorm.Factory plain = factory(groups, EPSILON, affine);
        MomentNorm.Factory factory = fused == Fused.RELU ? plain.withRelu() : plain;
        for (int examples : each.examples()) {
            String who = String.format(Locale.ROOT, "seed %d, %d examples: ", seed, examples);
            double[] x = normal(random, examples * shape.size(), mean, deviation);
            double[] residual = normal(random, x.length);
            // Correlated with x, so that every term of dx weighs.
            double[] dy = normal(random, x.length);
            Arrays.setAll(dy, i -> (float) (dy[i] + (x[i] - mean) / deviation));
            Float64Layers.Parameters parameters = Float64Layers.Parameters.of(replica);
            Float64Norm definition = definition(parameters, shape, each.sharing(), each.groups(), examples);
            double[] y = definition.forward(x);
            double[] masked = dy.clone();
            if (fused != Fused.NOTHING) {
                for (int i = 0; i < y.length; i++) {
                    y[i] = Math.max(0, y[i] + (fused == Fused.ADD_RELU ? residual[i] : 0));
                    masked[i] = y[i] > 0 ? dy[i] : 0;
                }
            }
            double[] dxExpected = definition.backward(masked);

            ShardMemory memory = TestMemory.of(replica, Math.max(1, examples));
            MomentNorm layer = factory.create(memory);
            Tensor input = tensor(x, shape);
            Tensor output = fused == Fused.ADD_RELU
                    ? layer.forwardAddRelu(input, () -> tensor(residual, shape), training())
                    : layer.forward(input, training());
            assertClose(who + "y", used(output), y, tolerance);
            // A residual block masks by the ReLU itself.
            double[] given = fused == Fused.ADD_RELU ? masked : dy;
            Tensor dx = layer.backward(tensor(given, shape), training());
            assertClose(who + "dx", used(dx), dxExpected, 2 * tolerance);
            if (affine) {
                assertClose(
                        who + "d gamma",
                        Arrays.copyOf(memory.gradients(), channels),
                        parameters.gradients.get("bn.weight"),
                        tolerance);
                assertClose(
                        who + "d beta",
                        Arrays.copyOfRange(memory.gradients(), channels, 2 * channels),
                        parameters.gradients.get("bn.bias"),
                        tolerance);
            }
        }
    }

    private static float[] run(Replica replica, MomentNorm.Factory factory, Shape shape, double[] x) {
        MomentNorm layer = factory.create(TestMemory.of(replica, 1));
        return used(layer.forward(tensor(x, shape), training()));
    }

    private static Pass training() {
        return new Pass(true, new Pass.BatchId(1, 1, 0, 0), MomentsReducer.LOCAL, offset -> {});
    }

    private static MomentNorm.Factory factory(NormGroups groups, double epsilon, boolean affine) {
        Affine scaleAndShift = affine(groups.channels(), affine);
        return MomentNorm.Factory.of(groups, epsilon, scaleAndShift, TrackedStatistics.NONE);
    }

    private static Float64Layers.Parameters parameters(double[] gamma, double[] beta) {
        Float64Layers.Parameters parameters = new Float64Layers.Parameters();
        parameters.put("bn.weight", gamma);
        parameters.put("bn.bias", beta);
        return parameters;
    }

    private static Float64Norm definition(
            Float64Layers.Parameters parameters, Shape shape, int sharing, int channelGroups, int examples) {
        int[] groupOfExample = new int[examples];
        Arrays.setAll(groupOfExample, i -> i / sharing);
        return new Float64Norm(
                parameters,
                "bn",
                shape.channels(),
                shape.channels() / channelGroups,
                EPSILON,
                groupOfExample,
                (examples + sharing - 1) / sharing,
                (channel, mean, variance) -> new double[] {1, 0});
    }

    private static Affine affine(int channels, boolean affine) {
        return affine ? new Affine(0, channels) : new Affine(-1, -1);
    }

    private static Replica replica(int channels, boolean affine, Random random) {
        float[] weights = new float[affine ? 2 * channels : 0];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 0.5f + random.nextFloat();
        }
        List<Entry> parameters = affine
                ? List.of(
                        new Entry("bn.weight", List.of(channels), 0, Role.NORM_SCALE),
                        new Entry("bn.bias", List.of(channels), channels, Role.NORM_SHIFT))
                : List.of();
        return new Replica(new ParameterLayout(parameters), weights, new ParameterLayout(List.of()), new float[0]);
    }

    private static Tensor tensor(double[] values, Shape shape) {
        Tensor tensor = Tensor.zeros(values.length / shape.size(), shape);
        for (int i = 0; i < values.length; i++) {
            tensor.values()[i] = (float) values[i];
        }
        return tensor;
    }

    private static float[] used(Tensor tensor) {
        return Arrays.copyOf(tensor.values(), tensor.size());
    }

    private static void addAll(List<Double> list, double[] values) {
        Arrays.stream(values).forEach(list::add);
    }
}
