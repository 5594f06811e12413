package io.syncbn.worker.nn;

import static io.syncbn.worker.nn.Numbers.assertClose;
import static io.syncbn.worker.nn.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.Kernels;
import io.syncbn.proto.job.Normalization;
import io.syncbn.worker.nn.norm.Normalizers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model with every kind of layer, on several shards, against its float64 twin on the whole batch. */
class NetworkParityTest {
    /** Float32 through four normalizations, some of them over three rows. */
    private static final double TOLERANCE = 5e-5;

    private record Result(float[] logits, float[] gradients) {}

    private final ModelDefinition definition = ModelDefinition.of(
            new EveryLayer(),
            EveryLayer.INPUT,
            EveryLayer.CLASSES,
            Normalizers.of(Normalization.DEFAULT),
            EveryLayer.DROPOUT);

    static Stream<ShardedRun> runs() {
        return Stream.of(
                new ShardedRun(1, 6),
                new ShardedRun(4, 2, 2, 2, 2),
                new ShardedRun(5, 3, 0, 1, 4, 2),
                new ShardedRun(2, 3, 1, 2, 2, 3),
                new ShardedRun(1, 3, 4));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shardsBehaveAsOneMachine(ShardedRun run) {
        long seed = 100 + run.shards();
        Random random = new Random(seed);
        Replica replica = perturbed(definition.newReplica(seed), random);
        double[] x = normal(random, run.totalExamples() * EveryLayer.INPUT.size());
        double[] dy = normal(random, run.totalExamples() * EveryLayer.CLASSES);

        Float64Layers.Parameters parameters = Float64Layers.Parameters.of(replica);
        Float64Layers.Twin twin = EveryLayer.twin(parameters, run);
        double[] logits = twin.forward(x);
        twin.backward(dy);

        List<Result> results = run(run, replica, x, dy);
        double[] gradients = new double[replica.weights().length];
        for (int shard = 0; shard < run.shards(); shard++) {
            String who = "seed " + seed + ", shard " + shard + ": ";
            Result result = results.get(shard);
            assertClose(who + "logits", result.logits(), slice(logits, run, shard), TOLERANCE);
            float[] ordered = FileOrder.of(replica.parameters(), result.gradients());
            Arrays.setAll(gradients, i -> gradients[i] + ordered[i]);
        }
        for (ParameterLayout.Entry entry : replica.parameters().entries()) {
            assertGradient(entry, gradients, parameters);
        }
    }

    /** Biases in front of a normalization have a gradient of 0, to which all others are compared. */
    private static void assertGradient(
            ParameterLayout.Entry entry, double[] gradients, Float64Layers.Parameters parameters) {
        double[] actual = Arrays.copyOfRange(gradients, entry.offset(), entry.offset() + entry.size());
        if (entry.name().equals("stem.bias") || entry.name().equals("fc1.bias")) {
            assertThat(Arrays.stream(actual).map(Math::abs).max().orElse(0))
                    .as(entry.name())
                    .isLessThan(1e-3);
        } else {
            assertClose(entry.name(), actual, parameters.gradients.get(entry.name()), TOLERANCE);
        }
    }

    @Test
    void gradientsBecomeFinalFromTheEndToTheBeginning() {
        ShardedRun run = new ShardedRun(2, 2, 3);
        Random random = new Random(7);
        Replica replica = definition.newReplica(7);
        double[] x = normal(random, run.totalExamples() * EveryLayer.INPUT.size());
        double[] dy = normal(random, run.totalExamples() * EveryLayer.CLASSES);
        run.run((shard, moments) -> {
            try (ShardModel model = definition.newShardModel(replica, run.maxExamples(), Kernels.PORTABLE)) {
                List<float[]> seen = new ArrayList<>();
                List<Integer> offsets = new ArrayList<>();
                Pass pass = pass(shard, moments, offset -> {
                    offsets.add(offset);
                    seen.add(Arrays.copyOfRange(model.gradients(), offset, model.gradients().length));
                });
                model.forward(run.part(x, EveryLayer.INPUT, shard), pass);
                model.backward(run.part(dy, Shape.flat(EveryLayer.CLASSES), shard), pass);
                assertThat(offsets).isSortedAccordingTo((a, b) -> b - a).endsWith(0);
                assertThat(offsets)
                        .contains(
                                entry("wider.downsample.0.weight").offset(),
                                entry("wider.bn1.weight").offset());
                for (int i = 0; i < offsets.size(); i++) {
                    int offset = offsets.get(i);
                    assertThat(seen.get(i))
                            .as("gradients from %d on, when they were said to be final", offset)
                            .isEqualTo(Arrays.copyOfRange(model.gradients(), offset, model.gradients().length));
                }
            }
            return null;
        });
    }

    @Test
    void sameBitsFromRunToRun() {
        ShardedRun run = new ShardedRun(3, 3, 1, 2);
        Random random = new Random(8);
        Replica replica = definition.newReplica(8);
        double[] x = normal(random, run.totalExamples() * EveryLayer.INPUT.size());
        double[] dy = normal(random, run.totalExamples() * EveryLayer.CLASSES);
        List<Result> first = run(run, replica, x, dy);
        for (int repetition = 0; repetition < 20; repetition++) {
            List<Result> again = run(run, replica, x, dy);
            for (int shard = 0; shard < run.shards(); shard++) {
                assertThat(again.get(shard).logits()).isEqualTo(first.get(shard).logits());
                assertThat(again.get(shard).gradients())
                        .isEqualTo(first.get(shard).gradients());
            }
        }
    }

    @Test
    void aModelMadeForLargerBatchesGivesTheSameBits() {
        Random random = new Random(9);
        Replica replica = definition.newReplica(9);
        ShardedRun run = new ShardedRun(1, 3);
        double[] x = normal(random, 3 * EveryLayer.INPUT.size());
        try (ShardModel exact = definition.newShardModel(replica, 3, Kernels.PORTABLE);
                ShardModel larger = definition.newShardModel(replica, 11, Kernels.PORTABLE)) {
            Pass pass = pass(0, MomentsReducer.LOCAL, offset -> {});
            Tensor a = exact.forward(run.part(x, EveryLayer.INPUT, 0), pass);
            Tensor b = larger.forward(run.part(x, EveryLayer.INPUT, 0), pass);
            assertThat(used(b)).isEqualTo(used(a));
        }
    }

    private List<Result> run(ShardedRun run, Replica replica, double[] x, double[] dy) {
        return run.run((shard, moments) -> {
            try (ShardModel model = definition.newShardModel(replica, run.maxExamples(), Kernels.PORTABLE)) {
                Pass pass = pass(shard, moments, offset -> {});
                float[] logits = used(model.forward(run.part(x, EveryLayer.INPUT, shard), pass));
                model.backward(run.part(dy, Shape.flat(EveryLayer.CLASSES), shard), pass);
                return new Result(logits, model.gradients());
            }
        });
    }

    private static Pass pass(int shard, MomentsReducer moments, IntConsumer complete) {
        return new Pass(true, new Pass.BatchId(EveryLayer.SEED, EveryLayer.STEP, shard, 0), moments, complete);
    }

    /** With scales and shifts that are not 1 and 0. */
    private static Replica perturbed(Replica replica, Random random) {
        for (int i = 0; i < replica.weights().length; i++) {
            replica.weights()[i] += (float) (0.1 * random.nextGaussian());
        }
        return replica;
    }

    private ParameterLayout.Entry entry(String name) {
        return definition.parameters().entries().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static float[] used(Tensor tensor) {
        return Arrays.copyOf(tensor.values(), tensor.size());
    }

    private static double[] slice(double[] global, ShardedRun run, int shard) {
        int size = global.length / run.totalExamples();
        return Arrays.copyOfRange(
                global, run.firstExample(shard) * size, (run.firstExample(shard) + run.examples(shard)) * size);
    }
}
