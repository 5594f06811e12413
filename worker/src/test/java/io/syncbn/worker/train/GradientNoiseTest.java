package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.LocalCollective;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;
import io.syncbn.worker.data.BatchPlan;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.optim.L2Norm;
import io.syncbn.worker.record.GradientNoise;
import io.syncbn.worker.record.StepRecord;
import io.syncbn.worker.record.WorkerMetrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradient's square and variance, as each step estimates them from its shards. */
class GradientNoiseTest {
    /** Shards of 7, 7, 7, 6, 6 rows: the third step of an epoch has 1, 1, 1, 0, 0 examples. */
    private static final int ROWS = 33;

    private static final int SHARDS = 5;
    private static final int STEPS = 7;

    @TempDir
    Path directory;

    /**
     * Every example has the gradient G + v or G − v, each half of the time, so that Σ = vvᵀ. The mean over all cases there
     * are is what is to be estimated, with nothing but rounding between.
     */
    @ParameterizedTest
    @CsvSource({"'2,2,2'", "'3,2,1,0'", "'0,7,1'", "'1,1,1,1,1,1,1,1'", "'5,0,0,4'"})
    void estimatesHaveNoBias(String shards) {
        int[] sizes =
                Arrays.stream(shards.split(",")).mapToInt(Integer::parseInt).toArray();
        int examples = Arrays.stream(sizes).sum();
        float[] mean = {1.5f, -0.25f, 0, 2, 0.5f};
        float[] deviation = {3, 1, -2, 0.5f, 0};
        double square = 0;
        double variance = 0;
        for (int signs = 0; signs < 1 << examples; signs++) {
            float[] total = new float[mean.length];
            List<GradientNorms> parts = new ArrayList<>();
            int example = 0;
            for (int size : sizes) {
                float[] sum = new float[mean.length];
                for (int i = 0; i < size; i++, example++) {
                    int sign = (signs >> example & 1) == 0 ? 1 : -1;
                    for (int k = 0; k < sum.length; k++) {
                        sum[k] += mean[k] + sign * deviation[k];
                        total[k] += mean[k] + sign * deviation[k];
                    }
                }
                parts.add(GradientNorms.ofShard(size, L2Norm.squared(new Chunk(sum))));
            }
            GradientNoise noise =
                    sum(parts).noise(L2Norm.squared(new Chunk(total))).orElseThrow();
            square += noise.gradientSquare();
            variance += noise.gradientVariance();
        }
        assertThat(square / (1 << examples)).isCloseTo(L2Norm.squared(new Chunk(mean)), within(1e-9));
        assertThat(variance / (1 << examples)).isCloseTo(L2Norm.squared(new Chunk(deviation)), within(1e-9));
    }

    private static GradientNorms sum(List<GradientNorms> parts) {
        return new GradientNorms(
                parts.stream().mapToDouble(GradientNorms::examples).sum(),
                parts.stream().mapToDouble(GradientNorms::squaredExamples).sum(),
                parts.stream().mapToDouble(GradientNorms::squaredNorms).sum());
    }

    @Test
    void oneShardAloneTellsNothing() {
        GradientNorms one = GradientNorms.ofShard(4, 10);
        assertThat(one.noise(10)).isEmpty();
        assertThat(sum(List.of(one, GradientNorms.ofShard(0, 0))).noise(10)).isEmpty();
        assertThat(sum(List.of(one, GradientNorms.ofShard(1, 1))).noise(10)).isPresent();
        assertThat(sum(List.of(one, GradientNorms.ofShard(1, Double.NaN))).noise(10))
                .isEmpty();
        assertThat(sum(List.of(one, GradientNorms.ofShard(1, 1))).noise(Double.POSITIVE_INFINITY))
                .isEmpty();
    }

    /** What the shards of this process offer, and what comes of it. */
    private static final class Seen extends SeveralWorkers {
        private final Map<String, float[]> parts = new ConcurrentHashMap<>();
        private final Map<Round, float[]> sums = new ConcurrentHashMap<>();

        Seen(Collective sums) {
            super(sums);
        }

        @Override
        public Sum<Chunk> offerGradients(Round round, int shard, Chunk part) {
            parts.put(
                    round.step() + " " + shard + " " + round.index(), copy(part).values());
            return super.offerGradients(round, shard, part);
        }

        @Override
        public Sum<Chunk> gradients(Round round) {
            Sum<Chunk> sum = super.gradients(round);
            return () -> {
                Chunk values = sum.await();
                sums.put(round, copy(values).values());
                return values;
            };
        }
    }

    private Job job(String... namesAndValues) {
        TrajectoryData.random(31, TrajectoryModel.INPUT, TrajectoryModel.CLASSES, ROWS, 8)
                .write(directory.resolve("data"));
        Map<String, String> settings = new HashMap<>(Map.of(
                "model",
                TrajectoryModel.class.getName(),
                "data",
                "npy:" + directory.resolve("data"),
                "shards",
                "" + SHARDS,
                "norm-group",
                "1",
                "batch",
                "3",
                "steps",
                "" + STEPS,
                "weight-decay",
                "0.1",
                "clip-norm",
                "0.01"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return LocalTraining.job(settings);
    }

    @Test
    void aStepsEstimatesAreThoseOfItsShardsGradients() throws Exception {
        Job job = job();
        BatchPlan plan = BatchPlan.of(job, ROWS);
        try (Seen seen = seen(job)) {
            List<StepRecord> steps =
                    train(job, seen, List.of(new ShardRun(0, SHARDS))).get(0);
            assertThat(steps).hasSize(STEPS);
            for (StepRecord step : steps) {
                double total = 0;
                double squares = 0;
                double shardSquares = 0;
                double norms = 0;
                for (int shard = 0; shard < SHARDS; shard++) {
                    int examples = plan.rows(step.step(), shard).length;
                    total += examples;
                    squares += examples * examples;
                    for (int chunk = 0; chunk < 2; chunk++) {
                        shardSquares += square(seen.parts.get(step.step() + " " + shard + " " + chunk));
                    }
                }
                for (int chunk = 0; chunk < 2; chunk++) {
                    norms += square(seen.sums.get(new Round(SumKind.GRADIENTS, step.step(), chunk, 2)));
                }
                assertThat(step.noise()).as("step %d", step.step()).isNotNull();
                double expected = (norms - shardSquares) / (total * total - squares);
                assertThat(step.noise().gradientSquare())
                        .as("step %d", step.step())
                        .isCloseTo(expected, within(1e-10 * norms));
                // What is left of a shard's square when the gradient's is taken from it.
                assertThat(step.noise().gradientVariance())
                        .as("step %d", step.step())
                        .isCloseTo((shardSquares - squares * expected) / total, within(1e-10 * shardSquares));
            }
            assertThat(steps.get(2).examples()).as("some shards are empty").isEqualTo(3);
        }
    }

    private static double square(float[] x) {
        return IntStream.range(0, x.length)
                .mapToDouble(i -> (double) x[i] * x[i])
                .sum();
    }

    @Test
    void theyAreTheSameOnAllWorkersHoweverManyThereAre() throws Exception {
        Job job = job();
        List<GradientNoise> expected = null;
        for (List<ShardRun> workers : List.of(
                List.of(new ShardRun(0, 5)),
                List.of(new ShardRun(0, 3), new ShardRun(3, 2)),
                List.of(new ShardRun(0, 1), new ShardRun(1, 3), new ShardRun(4, 1)),
                List.of(
                        new ShardRun(0, 1),
                        new ShardRun(1, 1),
                        new ShardRun(2, 1),
                        new ShardRun(3, 1),
                        new ShardRun(4, 1)))) {
            try (Seen seen = seen(job)) {
                for (List<StepRecord> steps : train(job, seen, workers)) {
                    List<GradientNoise> noise =
                            steps.stream().map(StepRecord::noise).toList();
                    expected = expected == null ? noise : expected;
                    assertThat(noise).as("%d workers", workers.size()).isEqualTo(expected);
                }
            }
        }
    }

    /** SyncBN, and groups of 2, 2 and 1. */
    @ParameterizedTest
    @ValueSource(strings = {"all", "2"})
    void shardsThatShareBatchStatisticsTellNothing(String normGroup) throws Exception {
        Job job = job("norm-group", normGroup);
        try (Seen seen = seen(job)) {
            assertThat(train(job, seen, List.of(new ShardRun(0, SHARDS))).get(0))
                    .hasSize(STEPS)
                    .allSatisfy(step -> assertThat(step.noise()).isNull());
        }
    }

    /** Whatever the group is, if no layer asks for it. */
    @Test
    void shardsOfModelsWithoutBatchStatisticsAreIndependent() throws Exception {
        Job job = job("norm-group", "all", "norm", "group:2", "model", "resnet8", "steps", "2");
        try (Seen seen = seen(job)) {
            assertThat(train(job, seen, List.of(new ShardRun(0, SHARDS))).get(0))
                    .allSatisfy(step -> assertThat(step.noise()).isNotNull());
        }
    }

    @Test
    void aJobOfOneShardHasNone() throws Exception {
        Job job = job("shards", "1");
        try (Seen seen = seen(job)) {
            assertThat(train(job, seen, List.of(new ShardRun(0, 1))).get(0))
                    .hasSize(STEPS)
                    .allSatisfy(step -> assertThat(step.noise()).isNull());
        }
    }

    private static Seen seen(Job job) {
        int shards = job.batches().shards();
        return new Seen(new LocalCollective(shards, job.model().normalization().groupSize(shards)));
    }

    /** Trains in workers, threads of this process, each with a replica and shards of its own; the steps of each. */
    private static List<List<StepRecord>> train(Job job, Collective collective, List<ShardRun> workers)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(workers.size());
        try {
            List<Future<List<StepRecord>>> futures = workers.stream()
                    .map(run -> threads.submit(() -> work(job, collective, run)))
                    .toList();
            List<List<StepRecord>> steps = new ArrayList<>();
            for (Future<List<StepRecord>> future : futures) {
                steps.add(future.get(60, TimeUnit.SECONDS));
            }
            return steps;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<StepRecord> work(Job job, Collective collective, ShardRun run) {
        List<StepRecord> steps = new ArrayList<>();
        try (DecodedDataset data = DecodedDataset.open(job);
                WorkerMetrics metrics = WorkerMetrics.serve("local", Optional.empty())) {
            Replicas replicas = Replicas.open(job, data, LocalTraining.ARITHMETIC, Optional.empty());
            Timetable plan = new Timetable(STEPS, STEPS, 1000, 1000);
            TrainingState state = new TrainingState(job, replicas.initialState(), plan);
            try (LocalShards shards = new LocalShards(job, data, replicas, 1, System::nanoTime)) {
                shards.deal(List.of(run), collective);
                shards.normalizeBy(ChannelStatistics.of(shards.sumStatistics()));
                new Trainer(
                                plan,
                                state,
                                shards,
                                LocalTraining.telling(LocalTraining.after(steps::add), metrics, shards),
                                System::nanoTime)
                        .run();
            }
        }
        return steps;
    }
}
