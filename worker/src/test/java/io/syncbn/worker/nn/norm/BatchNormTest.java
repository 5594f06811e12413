package io.syncbn.worker.nn.norm;

import static io.syncbn.worker.nn.Numbers.assertClose;
import static io.syncbn.worker.nn.Numbers.normal;
import static io.syncbn.worker.nn.norm.ShardedNorm.replica;
import static io.syncbn.worker.nn.norm.ShardedNorm.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.Float64Layers;
import io.syncbn.worker.nn.Float64Norm;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardedRun;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.nn.TestMemory;
import io.syncbn.worker.nn.norm.ShardedNorm.Result;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One normalization layer over several shards against its float64 twin on the whole batch. */
class BatchNormTest {
    private static final Shape PICTURE = new Shape(3, 2, 5);
    private static final Shape FEATURES = Shape.flat(19);
    private static final long FROZEN_FROM = Normalization.Running.NEVER;

    record Case(String name, Shape shape, int groupSize, int[] examples) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("one shard", PICTURE, 1, new int[] {6}),
                new Case("even shards", PICTURE, 4, new int[] {2, 2, 2, 2}),
                new Case("uneven shards", PICTURE, 5, new int[] {7, 1, 3, 5, 2}),
                new Case("an empty shard", PICTURE, 3, new int[] {4, 0, 3}),
                new Case("local", PICTURE, 1, new int[] {3, 2, 4}),
                new Case("groups, the last one smaller", PICTURE, 2, new int[] {3, 1, 2, 2, 4}),
                new Case("an empty group", PICTURE, 2, new int[] {3, 1, 0, 0}),
                new Case("one example a shard", PICTURE, 8, new int[] {1, 1, 1, 1, 1, 1, 1, 1}),
                new Case("one feature vector a shard", FEATURES, 4, new int[] {1, 1, 1, 1}),
                new Case("uneven feature vectors", FEATURES, 3, new int[] {9, 2, 0}));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shardsBehaveAsOneMachine(Case each) {
        assertParity(each, Normalization.DEFAULT, false, 0, 1, 2e-6);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void fusedReluBehavesAsReluBehind(Case each) {
        assertParity(each, Normalization.DEFAULT, true, 0.3, 2, 2e-6);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withoutAffineThereAreNoParameters(Case each) {
        assertParity(each, with(OptionalDouble.of(0.1), false, true, true), false, 0, 1, 2e-6);
    }

    @ParameterizedTest
    @ValueSource(doubles = {10, 1000, 10_000})
    void largeMeanDoesNotCostTheVariance(double meanByDeviation) {
        Case each = new Case("large mean", new Shape(8, 8, 5), 3, new int[] {9, 3, 1});
        assertParity(each, Normalization.DEFAULT, true, meanByDeviation * 0.5, 0.5, 2e-5);
    }

    /** So many rows that the sum of their squares is rounded: some variances would be below 0 if they were let. */
    @Test
    void constantChannelsHaveVarianceZero() {
        Shape shape = new Shape(31, 33, 16);
        Random random = new Random(1);
        ShardedRun run = new ShardedRun(2, 3, 4);
        double[] constants = normal(random, 16, 1000, 100);
        double[] x = new double[7 * shape.size()];
        Arrays.setAll(x, i -> constants[i % 16]);
        Replica replica = replica(16, true, true, random);
        List<Result> results = run(run, replica, Normalization.DEFAULT, false, shape, x, new double[x.length]);
        double[] statistics = results.get(0).statistics();
        for (int c = 0; c < 16; c++) {
            assertThat(statistics[c]).isEqualTo(constants[c]);
            assertThat(statistics[16 + c]).isNotNegative().isLessThan(1e-7);
        }
    }

    @Test
    void oneRowInTheWholeGroupIsNotDividedByZero() {
        ShardedRun run = new ShardedRun(2, 1, 0);
        Replica replica = replica(19, true, true, new Random(1));
        double[] x = normal(new Random(2), 19);
        List<Result> results = run(run, replica, Normalization.DEFAULT, false, FEATURES, x, x);
        assertThat(results.get(0).statistics()[19]).isEqualTo(0);
        assertClose("y is beta", results.get(0).y(), beta(replica, 19), 1e-7);
        for (float dx : results.get(0).dx()) {
            assertThat(dx).as("dx, from terms of 1/sqrt(epsilon) that cancel").isBetween(-1e-4f, 1e-4f);
        }
    }

    @Test
    void biasedRunningVarianceIsThatOfTheBatch() {
        Random random = new Random(3);
        ShardedRun run = new ShardedRun(2, 2, 3);
        double[] x = normal(random, 5 * PICTURE.size());
        Replica replica = replica(5, true, true, random);
        double rows = 5 * PICTURE.pixels();
        double[] unbiased = run(run, replica, Normalization.DEFAULT, false, PICTURE, x, x)
                .get(0)
                .statistics();
        double[] biased = run(run, replica, with(OptionalDouble.of(0.1), true, true, false), false, PICTURE, x, x)
                .get(1)
                .statistics();
        for (int c = 0; c < 5; c++) {
            assertThat(biased[c]).isEqualTo(unbiased[c]);
            assertThat(unbiased[5 + c] / biased[5 + c]).isCloseTo(rows / (rows - 1), within(1e-12));
        }
    }

    @Test
    void trainingLeavesRunningStatisticsAndEvaluationUsesThem() {
        Random random = new Random(4);
        Replica replica = replica(5, true, true, random);
        float[] before = replica.runningStatistics().clone();
        double[] x = normal(random, 2 * PICTURE.size(), 3, 2);
        run(new ShardedRun(1, 2), replica, Normalization.DEFAULT, false, PICTURE, x, x);
        assertThat(replica.runningStatistics()).isEqualTo(before);

        MomentNorm layer = layer(replica, Normalization.DEFAULT, false, PICTURE, 2);
        Tensor y = layer.forward(new ShardedRun(1, 2).part(x, PICTURE, 0), Pass.evaluation());
        double[] expected = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int c = i % 5;
            double normalized = (x[i] - before[c]) / Math.sqrt(before[5 + c] + 1e-5);
            expected[i] = normalized * replica.weights()[c] + replica.weights()[5 + c];
        }
        assertClose("y", y.values(), expected, 1e-6);
    }

    @Test
    void withoutTrackingEvaluationUsesTheBatchOfTheGroup() {
        Random random = new Random(5);
        Normalization untracked = with(OptionalDouble.of(0.1), true, false, true);
        Replica replica = replica(5, true, false, random);
        ShardedRun run = new ShardedRun(2, 2, 4);
        double[] x = normal(random, 6 * PICTURE.size(), 3, 2);
        double[] expected = twin(run, replica, PICTURE).forward(x);
        run.run((shard, moments) -> {
            MomentNorm layer = layer(replica, untracked, false, PICTURE, run.maxExamples());
            Pass pass = new Pass(false, new Pass.BatchId(1, 1, shard, 0), moments, offset -> {});
            Tensor y = layer.forward(run.part(x, PICTURE, shard), pass);
            assertClose("y", y.values(), slice(expected, run, shard, PICTURE), 2e-6);
            return null;
        });
    }

    private static void assertParity(
            Case each, Normalization normalization, boolean relu, double mean, double deviation, double tolerance) {
        long seed = each.name().hashCode();
        Random random = new Random(seed);
        ShardedRun run = new ShardedRun(each.groupSize(), each.examples());
        Shape shape = each.shape();
        int channels = shape.channels();
        Replica replica = replica(channels, normalization.affine(), true, random);
        double[] x = normal(random, run.totalExamples() * shape.size(), mean, deviation);
        // Correlated with x, so that every term of dx weighs.
        double[] dy = normal(random, x.length);
        Arrays.setAll(dy, i -> (float) (dy[i] + (x[i] - mean) / deviation));

        Float64Layers.Parameters parameters = Float64Layers.Parameters.of(replica);
        Float64Norm norm = new Float64Norm(parameters, "bn", channels, 1e-5, run.groupOfExample(), run.groups());
        Float64Layers.Twin twin = relu ? Float64Layers.sequence(norm, Float64Layers.relu()) : norm;
        double[] y = twin.forward(x);
        double[] dx = twin.backward(dy);

        List<Result> results = run(run, replica, normalization, relu, shape, x, dy);
        double[] gradients = new double[replica.weights().length];
        for (int shard = 0; shard < run.shards(); shard++) {
            String who = "seed " + seed + ", shard " + shard + ": ";
            Result result = results.get(shard);
            assertClose(who + "y", result.y(), slice(y, run, shard, shape), tolerance);
            assertClose(who + "dx", result.dx(), slice(dx, run, shard, shape), 2 * tolerance);
            for (int i = 0; i < gradients.length; i++) {
                gradients[i] += result.gradients()[i];
            }
            assertStatistics(who, result.statistics(), norm, run.group(shard));
        }
        if (normalization.affine()) {
            assertClose(
                    "d gamma", Arrays.copyOf(gradients, channels), parameters.gradients.get("bn.weight"), tolerance);
            assertClose(
                    "d beta",
                    Arrays.copyOfRange(gradients, channels, 2 * channels),
                    parameters.gradients.get("bn.bias"),
                    tolerance);
        }
    }

    private static void assertStatistics(String who, double[] statistics, Float64Norm norm, int group) {
        double[] mean = norm.means.get(group);
        double[] variance = norm.variances.get(group);
        double factor = norm.rows(group) > 1 ? norm.rows(group) / (norm.rows(group) - 1) : 1;
        for (int c = 0; c < mean.length; c++) {
            assertThat(statistics[c]).as(who + "mean").isCloseTo(mean[c], within(1e-9 * (1 + Math.abs(mean[c]))));
            assertThat(statistics[mean.length + c])
                    .as(who + "variance")
                    .isNotNegative()
                    .isCloseTo(variance[c] * factor, within(1e-5 * variance[c] * factor));
        }
    }

    private static List<Result> run(
            ShardedRun run,
            Replica replica,
            Normalization normalization,
            boolean relu,
            Shape shape,
            double[] x,
            double[] dy) {
        return ShardedNorm.run(run, replica, spec(replica, normalization, relu, shape), shape, x, dy, 0);
    }

    private static MomentNorm layer(Replica replica, Normalization normalization, boolean relu, Shape shape, int n) {
        return spec(replica, normalization, relu, shape).create(TestMemory.of(replica, n));
    }

    private static MomentNorm.Factory spec(Replica replica, Normalization normalization, boolean relu, Shape shape) {
        boolean affine = normalization.affine();
        boolean tracked = normalization.running().tracked();
        int channels = shape.channels();
        MomentNorm.Factory factory = MomentNorm.Factory.of(
                NormGroups.overShards(shape, channels, 0),
                normalization.epsilon(),
                affine ? new Affine(0, channels) : new Affine(-1, -1),
                tracked
                        ? new TrackedStatistics(
                                0, channels, normalization.running().unbiased(), FROZEN_FROM)
                        : TrackedStatistics.NONE);
        return relu ? factory.withRelu() : factory;
    }

    private static Float64Norm twin(ShardedRun run, Replica replica, Shape shape) {
        return new Float64Norm(
                Float64Layers.Parameters.of(replica), "bn", shape.channels(), 1e-5, run.groupOfExample(), run.groups());
    }

    private static double[] beta(Replica replica, int channels) {
        double[] beta = new double[channels];
        Arrays.setAll(beta, c -> replica.weights()[channels + c]);
        return beta;
    }

    private static Normalization with(
            OptionalDouble momentum, boolean affine, boolean tracked, boolean unbiasedRunningVariance) {
        return new Normalization(
                "batch",
                new Normalization.Groups(0, 0),
                1e-5,
                affine,
                new Normalization.Running(momentum, tracked, unbiasedRunningVariance, FROZEN_FROM, 0),
                false);
    }
}
