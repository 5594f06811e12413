package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.LocalCollective;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.record.CheckpointKeeper;
import io.syncbn.worker.record.LogCapture;
import io.syncbn.worker.record.WorkerMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A picture that is NaN, in one shard's batch of one step of each epoch. */
class NotFiniteTest {
    private static final LongSupplier CLOCK = System::nanoTime;
    private static final int SHARDS = 4;
    /** The fifth of shard 2's rows 2, 6, 10 …: without shuffling, in the third step of an epoch. */
    private static final int ROW = 18;

    private static final int POISONED_STEP = 3;
    private static final int STEPS = 5;

    static Job job(String... namesAndValues) {
        Map<String, String> settings = new HashMap<>(
                Map.of("model", TrajectoryModel.class.getName(), "shuffle", "false", "batch", "2", "epochs", "4"));
        settings.put("on-nan", "skip");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return JobParser.parse(settings, SHARDS);
    }

    /** A worker's state after each step. */
    record Seen(List<ModelState> states, List<String> digests) {
        void add(ModelState state) {
            Replica replica = state.replica();
            Replica copy = new Replica(
                    replica.parameters(),
                    replica.weights().clone(),
                    replica.statistics(),
                    replica.runningStatistics().clone());
            states.add(
                    new ModelState(copy, state.batchesTracked(), state.slots().copy(), state.step()));
            digests.add(StateDigest.sha256(state));
        }

        List<Long> batchesTracked() {
            return states.stream().map(ModelState::batchesTracked).toList();
        }
    }

    /** Trains in several workers, threads of this process, each with its own replica and its shards. */
    static List<Seen> train(Job job, boolean isPoisoned, int workers) throws Exception {
        return train(job, isPoisoned, workers, Optional.empty());
    }

    private static List<Seen> train(Job job, boolean isPoisoned, int workers, Optional<ModelState> from)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try (Collective collective = new SeveralWorkers(
                new LocalCollective(SHARDS, job.model().normalization().groupSize(SHARDS)))) {
            List<Future<Seen>> futures = IntStream.range(0, workers)
                    .mapToObj(worker -> threads.submit(() -> work(job, isPoisoned, worker, workers, from, collective)))
                    .toList();
            List<Seen> seen = new ArrayList<>();
            for (Future<Seen> future : futures) {
                seen.add(future.get(60, TimeUnit.SECONDS));
            }
            return seen;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Seen work(
            Job job, boolean isPoisoned, int worker, int workers, Optional<ModelState> from, Collective collective) {
        PoisonedData source = new PoisonedData(ROW);
        Seen seen = new Seen(new ArrayList<>(), new ArrayList<>());
        try (DecodedDataset data = source.undecoded();
                WorkerMetrics metrics = WorkerMetrics.serve("local", Optional.empty())) {
            Replicas fresh = Replicas.open(job, data, LocalTraining.ARITHMETIC, Optional.empty());
            Replicas replicas = from.map(state -> new Replicas(fresh.definition(), fresh.slots(), state))
                    .orElse(fresh);
            Timetable plan = new Timetable(STEPS, PoisonedData.TRAIN_ROWS / SHARDS / 2, 1000, 1000);
            TrainingState state = new TrainingState(job, replicas.initialState(), plan);
            try (LocalShards shards = new LocalShards(job, data, replicas, 1, CLOCK)) {
                shards.deal(List.of(new ShardRun(worker * SHARDS / workers, SHARDS / workers)), collective);
                ChannelStatistics statistics = ChannelStatistics.of(shards.sumStatistics());
                if (isPoisoned) {
                    source.poison();
                }
                shards.normalizeBy(statistics);
                CheckpointKeeper listener = LocalTraining.after(step -> seen.add(state.modelState()));
                new Trainer(plan, state, shards, LocalTraining.telling(listener, metrics, shards), CLOCK).run();
            }
        }
        return seen;
    }

    @ParameterizedTest
    @CsvSource({"all, bn1", "2, bn1", "1, bn1"})
    void aStepIsLeftOutByAllWorkersAlike(String normGroup, String layer) throws Exception {
        Job job = job("norm-group", normGroup);
        List<Seen> seen = new ArrayList<>();
        try (LogCapture logged = new LogCapture()) {
            seen.addAll(train(job, true, 1));
            assertThat(logged.lines())
                    .filteredOn(line -> line.contains("left out"))
                    .containsExactly("WARNING step " + POISONED_STEP + " is left out: shard 2: the moments of " + layer
                            + " (forward) are not finite");
        }
        seen.addAll(train(job, true, 2));
        seen.addAll(train(job, true, 4));
        assertThat(seen).hasSize(7).allSatisfy(each -> {
            assertThat(each.digests).isEqualTo(seen.get(0).digests);
            assertThat(each.batchesTracked()).containsExactly(1L, 2L, 2L, 3L, 4L);
        });

        Seen poisoned = seen.get(0);
        Seen undisturbed = train(job, false, 1).get(0);
        assertThat(poisoned.digests.subList(0, POISONED_STEP - 1))
                .isEqualTo(undisturbed.digests.subList(0, POISONED_STEP - 1));
        assertThat(poisoned.digests.get(POISONED_STEP - 1))
                .as("nothing has changed")
                .isEqualTo(poisoned.digests.get(POISONED_STEP - 2));
        assertThat(poisoned.digests.subList(POISONED_STEP, STEPS)).doesNotHaveDuplicates();
        Replica last = poisoned.states.get(STEPS - 1).replica();
        for (float[] numbers : List.of(last.weights(), last.runningStatistics())) {
            for (float number : numbers) {
                assertThat(number).isFinite();
            }
        }
    }

    @Test
    void otherWorkersSayHowManyShardsItWas() throws Exception {
        try (LogCapture logged = new LogCapture()) {
            train(job(), true, 4);
            assertThat(logged.lines())
                    .filteredOn(line -> line.contains("left out"))
                    .containsExactlyInAnyOrder(
                            "WARNING step 3 is left out: shard 2: the moments of bn1 (forward) are not finite",
                            "WARNING step 3 is left out: 1 of the shards had numbers that are not finite",
                            "WARNING step 3 is left out: 1 of the shards had numbers that are not finite",
                            "WARNING step 3 is left out: 1 of the shards had numbers that are not finite");
        }
    }

    @Test
    void endsTheJobUnlessStepsAreToBeLeftOut() {
        assertThatThrownBy(() -> train(job("on-nan", "stop"), true, 1))
                .hasCauseInstanceOf(TrainingException.class)
                .cause()
                .hasMessage("step 3: shard 2: the moments of bn1 (forward) are not finite;"
                        + " a lower --lr, a --warmup or --clip-norm may help");
    }

    /** As if training were at step 2, went to step 3 by the calendar alone, and on from there. */
    @Test
    void whatComesAfterDoesNotFeelTheStepThatWasLeftOut() throws Exception {
        Job job = job("momentum", "0.9", "weight-decay", "0.01");
        Seen seen = train(job, true, 1).get(0);
        ModelState before = train(job, false, 1).get(0).states.get(POISONED_STEP - 2);
        assertThat(before.step()).isEqualTo(POISONED_STEP - 1);
        ModelState later = new ModelState(before.replica(), before.batchesTracked(), before.slots(), POISONED_STEP);

        Seen after = train(job, false, 1, Optional.of(later)).get(0);
        assertThat(after.digests).isEqualTo(seen.digests.subList(POISONED_STEP, STEPS));
    }

    @Test
    void tooManyInARowEndTheJob() {
        TrainingState state = state(job());
        CommitSum broken = sums(state, Double.NaN, 1);
        CommitSum good = sums(state, 8, 0);
        float[] gradient = new float[weights(state)];
        state.apply(broken, gradient);
        state.apply(good, gradient);
        for (int i = 1; i < 100; i++) {
            assertThatCode(() -> state.apply(broken, gradient)).doesNotThrowAnyException();
        }
        assertThatThrownBy(() -> state.apply(broken, gradient))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith(
                        "step 102: 100 steps in a row had numbers that are not finite; the last: 1 of the");
    }

    /** Whether a job ends must not depend on who has been there all the time. */
    @Test
    void whoTookTheStateOverCountsStepsLeftOutAsTheOthersDo() {
        TrainingState source = state(job());
        CommitSum broken = sums(source, Double.NaN, 1);
        float[] gradient = new float[weights(source)];
        for (int i = 1; i < 100; i++) {
            source.apply(broken, gradient);
        }
        TrainingState joined = state(job());
        joined.takeOver(source.flat(), source.batchesTracked(), source.step(), source.leftOutInARow());
        assertThatThrownBy(() -> joined.apply(broken, gradient))
                .hasMessageStartingWith("step 100: 100 steps in a row had numbers that are not finite");
        TrainingState resumed = state(job(), Optional.of(source.modelState().copy()));
        assertThatThrownBy(() -> resumed.apply(broken, gradient))
                .hasMessageStartingWith("step 100: 100 steps in a row had numbers that are not finite");
    }

    @Test
    void aSumOfFiniteNumbersThatOverflowsIsNamedByItsLayer() {
        TrainingState state = state(job());
        String before = StateDigest.sha256(state.modelState());
        float[] gradient = new float[weights(state)];
        gradient[state.modelState().replica().parameters().entries().get(3).offset() + 1] = Float.NEGATIVE_INFINITY;
        CommitSum sums = sums(state, 8, 0);
        assertThat(state.apply(sums, gradient))
                .contains("the sum of all shards' gradients of same.conv1.weight is -Infinity");
        assertThat(StateDigest.sha256(state.modelState())).isEqualTo(before);
        assertThat(state.step()).isEqualTo(1);

        TrainingState stopping = state(job("on-nan", "stop"));
        assertThatThrownBy(() -> stopping.apply(sums, gradient))
                .isInstanceOf(TrainingException.class)
                .hasMessage("step 1: the sum of all shards' gradients of same.conv1.weight is -Infinity;"
                        + " a lower --lr, a --warmup or --clip-norm may help");
        assertThat(stopping.step()).isZero();
    }

    static TrainingState state(Job job) {
        return state(job, Optional.empty());
    }

    static TrainingState state(Job job, Optional<ModelState> from) {
        try (DecodedDataset data = new PoisonedData(ROW).undecoded()) {
            Replicas replicas = Replicas.open(job, data, LocalTraining.ARITHMETIC, Optional.empty());
            return new TrainingState(job, from.orElse(replicas.initialState()), new Timetable(1000, 3, 1000, 1000));
        }
    }

    static int weights(TrainingState state) {
        return state.modelState().replica().weights().length;
    }

    /** Sums of eight examples, all of whose statistics are 0. */
    static CommitSum sums(TrainingState state, double loss, int shardsNotFinite) {
        ParameterLayout layout = state.modelState().replica().statistics();
        double[] speakers = new double[layout.entries().size()];
        Arrays.fill(speakers, 1);
        return new CommitSum(
                new GradientNorms(8, 16, 1), loss, 0, shardsNotFinite, speakers, new double[layout.size()]);
    }
}
