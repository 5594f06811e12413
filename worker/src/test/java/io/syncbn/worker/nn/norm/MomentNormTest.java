package io.syncbn.worker.nn.norm;

import static io.syncbn.worker.nn.Numbers.assertClose;
import static io.syncbn.worker.nn.Numbers.normal;
import static io.syncbn.worker.nn.norm.ShardedNorm.replica;
import static io.syncbn.worker.nn.norm.ShardedNorm.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.worker.nn.Float64Layers;
import io.syncbn.worker.nn.Float64Norm;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.ShardedRun;
import io.syncbn.worker.nn.Slopes;
import io.syncbn.worker.nn.TestMemory;
import io.syncbn.worker.nn.norm.ShardedNorm.Result;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Variants of batch normalization over several shards, against their float64 twin. */
class MomentNormTest {
    private static final Shape SHAPE = new Shape(3, 2, 6);
    private static final int CHANNELS = 6;
    private static final double EPSILON = 1e-5;
    private static final int[] EXAMPLES = {7, 1, 0, 3, 5};
    private static final int GROUP_SIZE = 3;
    private static final Float64Norm.Correction NONE = (channel, mean, variance) -> new double[] {1, 0};

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void groupsOfChannelsOverShardsBehaveAsOneMachine(int channelGroups) {
        MomentNorm.Factory factory = factory(channelGroups, Renormalization.Limits.NONE, Long.MAX_VALUE);
        assertParity(new Random(channelGroups), factory, CHANNELS / channelGroups, 1, NONE);
    }

    /** With limits so wide that nothing is clipped, so narrow that all is, and between. */
    @ParameterizedTest
    @ValueSource(doubles = {1000, 1.0001, 1.3})
    void renormalizationIsItsDefinition(double most) {
        Random random = new Random((long) (most * 1000));
        Renormalization.Limits limits = new Renormalization.Limits(most, most - 1);
        Replica replica = replica(CHANNELS, true, true, random);
        Float64Norm.Correction correction = (channel, mean, variance) -> {
            double running = replica.runningStatistics()[channel];
            double deviation = Math.sqrt(replica.runningStatistics()[CHANNELS + channel] + EPSILON);
            double r = Math.sqrt(variance + EPSILON) / deviation;
            double d = (mean - running) / deviation;
            return new double[] {
                Math.max(1 / most, Math.min(most, r)), Math.max(1 - most, Math.min(most - 1, d)),
            };
        };
        assertParity(random, replica, factory(CHANNELS, limits, Long.MAX_VALUE), 1, 1, correction);
    }

    /** The oracle's slopes, r and d held as they are. */
    @Test
    void gradientsOfTheDefinitionAreSlopesAtConstantCorrections() {
        Random random = new Random(5);
        Replica replica = replica(CHANNELS, true, false, random);
        Float64Layers.Parameters parameters = Float64Layers.Parameters.of(replica);
        double[] corrections = normal(random, 2 * CHANNELS, 1, 0.3);
        Float64Norm twin = new Float64Norm(
                parameters, "bn", CHANNELS, 1, EPSILON, new int[] {0, 0, 0, 1}, 2, (channel, mean, variance) ->
                        new double[] {corrections[channel], corrections[CHANNELS + channel]});
        Slopes.assertGradients("renorm", twin, parameters, normal(random, 4 * SHAPE.size()), random);
    }

    @Test
    void renormalizationBeginsAsBatchNormalization() {
        Renormalization.Limits limits = new Renormalization.Limits(3, 5);
        assertThat(grown(limits, 0)).isEqualTo(Renormalization.Limits.NONE);
        assertThat(grown(limits, 0.04)).isEqualTo(Renormalization.Limits.NONE);
        assertThat(grown(limits, 0.17).scale()).isCloseTo(2, within(1e-12));
        assertThat(grown(limits, 0.12).shift()).isCloseTo(2.5, within(1e-12));
        assertThat(grown(limits, 0.2).shift()).isEqualTo(5);
        assertThat(grown(limits, 0.2).scale()).isLessThan(3);
        assertThat(grown(limits, 0.3)).isEqualTo(limits);
        assertThat(grown(limits, 1)).isEqualTo(limits);
        assertParity(new Random(9), factory(CHANNELS, limits, Long.MAX_VALUE), 1, 0.03, NONE);
    }

    private static Renormalization.Limits grown(Renormalization.Limits limits, double progress) {
        return limits.of(new Pass(true, new Pass.BatchId(1, 1, 0, progress), MomentsReducer.LOCAL, offset -> {}));
    }

    /** From a step on: by running statistics, with gradients that do not go through them, and nothing left. */
    @Test
    void frozenStatisticsAreConstants() {
        Random random = new Random(6);
        Replica replica = replica(CHANNELS, true, true, random);
        double[] x = normal(random, 2 * SHAPE.size(), 1, 2);
        double[] dy = normal(random, x.length);
        double[] y = new double[x.length];
        double[] dx = new double[x.length];
        double[] gradients = new double[2 * CHANNELS];
        for (int i = 0; i < x.length; i++) {
            int c = i % CHANNELS;
            double inverse = 1 / Math.sqrt(replica.runningStatistics()[CHANNELS + c] + EPSILON);
            double normalized = (x[i] - replica.runningStatistics()[c]) * inverse;
            y[i] = normalized * replica.weights()[c] + replica.weights()[CHANNELS + c];
            dx[i] = dy[i] * replica.weights()[c] * inverse;
            gradients[c] += dy[i] * normalized;
            gradients[CHANNELS + c] += dy[i];
        }
        for (NormGroups groups :
                List.of(NormGroups.overShards(SHAPE, CHANNELS, 0), NormGroups.ofShard(SHAPE, 1, CHANNELS))) {
            ShardMemory memory = TestMemory.of(replica, 2);
            MomentNorm layer = factory(groups, Renormalization.Limits.NONE, 7).create(memory);
            MomentsReducer noSums = (direction, number, part) -> {
                throw new AssertionError("a sum over shards, though statistics are frozen");
            };
            Pass pass = new Pass(true, new Pass.BatchId(1, 7, 0, 0), noSums, offset -> {});
            ShardedRun one = new ShardedRun(1, 2);
            assertClose("y", layer.forward(one.part(x, SHAPE, 0), pass).values(), y, 1e-6);
            assertClose("dx", layer.backward(one.part(dy, SHAPE, 0), pass).values(), dx, 1e-6);
            assertClose("gradients", memory.gradients(), gradients, 1e-6);
            assertThat(memory.batchStatistics().speakers(true)).containsOnly(0);
        }
    }

    /** What a ghost batch leaves: the mean over the shard's ghost batches, and every shard for itself. */
    @Test
    void ghostBatchesLeaveTheirMean() {
        Random random = new Random(8);
        Replica replica = replica(CHANNELS, true, true, random);
        double[] x = normal(random, 5 * SHAPE.size(), 1, 2);
        MomentNorm.Factory factory =
                factory(NormGroups.ofShard(SHAPE, 2, CHANNELS), Renormalization.Limits.NONE, Long.MAX_VALUE);
        ShardMemory memory = TestMemory.of(replica, 5);
        Pass pass = new Pass(true, new Pass.BatchId(1, 1, 3, 0), MomentsReducer.LOCAL, offset -> {});
        factory.create(memory).forward(new ShardedRun(1, 5).part(x, SHAPE, 0), pass);

        Float64Norm twin = new Float64Norm(
                Float64Layers.Parameters.of(replica), "bn", CHANNELS, EPSILON, new int[] {0, 0, 1, 1, 2}, 3);
        twin.forward(x);
        double[] expected = new double[2 * CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            for (int group = 0; group < 3; group++) {
                double rows = twin.rows(group);
                expected[c] += twin.means.get(group)[c] / 3;
                expected[CHANNELS + c] += twin.variances.get(group)[c] * rows / (rows - 1) / 3;
            }
        }
        assertThat(memory.batchStatistics().speakers(false)).containsExactly(1, 1);
        assertClose("statistics", memory.batchStatistics().spoken(false), expected, 1e-9);
    }

    private static void assertParity(
            Random random,
            MomentNorm.Factory factory,
            int channelsPerGroup,
            double progress,
            Float64Norm.Correction correction) {
        assertParity(random, replica(CHANNELS, true, true, random), factory, channelsPerGroup, progress, correction);
    }

    private static void assertParity(
            Random random,
            Replica replica,
            MomentNorm.Factory factory,
            int channelsPerGroup,
            double progress,
            Float64Norm.Correction correction) {
        ShardedRun run = new ShardedRun(GROUP_SIZE, EXAMPLES);
        double[] x = normal(random, run.totalExamples() * SHAPE.size(), 0.3, 2);
        Arrays.setAll(
                x, i -> (float) (i % 2 == 0 ? x[i] : 0.15 * x[i])); // wider, and narrower, than running statistics
        double[] dy = normal(random, x.length);
        Arrays.setAll(dy, i -> (float) (dy[i] + x[i])); // so that every term of dx weighs
        Float64Layers.Parameters parameters = Float64Layers.Parameters.of(replica);
        Float64Norm twin = new Float64Norm(
                parameters, "bn", CHANNELS, channelsPerGroup, EPSILON, run.groupOfExample(), run.groups(), correction);
        double[] y = twin.forward(x);
        double[] dx = twin.backward(dy);
        List<Result> results = ShardedNorm.run(run, replica, factory, SHAPE, x, dy, progress);
        double[] gradients = new double[2 * CHANNELS];
        for (int shard = 0; shard < run.shards(); shard++) {
            assertClose("y of shard " + shard, results.get(shard).y(), slice(y, run, shard, SHAPE), 2e-6);
            assertClose("dx of shard " + shard, results.get(shard).dx(), slice(dx, run, shard, SHAPE), 4e-6);
            for (int i = 0; i < gradients.length; i++) {
                gradients[i] += results.get(shard).gradients()[i];
            }
        }
        assertClose("d gamma", Arrays.copyOf(gradients, CHANNELS), parameters.gradients.get("bn.weight"), 2e-6);
        assertClose(
                "d beta",
                Arrays.copyOfRange(gradients, CHANNELS, 2 * CHANNELS),
                parameters.gradients.get("bn.bias"),
                2e-6);
        for (int c = 0; c < CHANNELS; c++) {
            double mean = twin.means.get(0)[c];
            assertThat(results.get(1).statistics()[c]).isCloseTo(mean, within(1e-9 * (1 + Math.abs(mean))));
        }
    }

    private static MomentNorm.Factory factory(int channelGroups, Renormalization.Limits limits, long frozenFrom) {
        return factory(NormGroups.overShards(SHAPE, channelGroups, 0), limits, frozenFrom);
    }

    private static MomentNorm.Factory factory(NormGroups groups, Renormalization.Limits limits, long frozenFrom) {
        return MomentNorm.Factory.of(
                        groups, EPSILON, new Affine(0, CHANNELS), new TrackedStatistics(0, CHANNELS, true, frozenFrom))
                .with(limits);
    }
}
