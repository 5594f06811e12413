package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.LocalCollective;
import io.syncbn.worker.collective.OvertakenException;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.nn.EveryLayer;
import io.syncbn.worker.record.CheckpointKeeper;
import io.syncbn.worker.record.WorkerMetrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that are committed while a shard still computes, which gives up at any of its offers, and takes them from the sums. */
class OvertakenStepTest {
    private static final LongSupplier CLOCK = System::nanoTime;
    private static final int STEPS = 5;

    /** What another worker came to, which computes the same shard. */
    private static final class Sums {
        final Map<Round, double[]> doubles = new HashMap<>();
        final Map<Round, Chunk> floats = new HashMap<>();
        int offersAStep;
    }

    private static final class Recording extends DelegatingCollective {
        private final Sums seen;

        Recording(Collective sums, Sums seen) {
            super(sums);
            this.seen = seen;
        }

        @Override
        public Sum<double[]> offer(Round round, int shard, double[] part) {
            seen.offersAStep += round.step() == 1 ? 1 : 0;
            return super.offer(round, shard, part);
        }

        @Override
        public Sum<Chunk> offerGradients(Round round, int shard, Chunk part) {
            seen.offersAStep += round.step() == 1 ? 1 : 0;
            return super.offerGradients(round, shard, part);
        }

        @Override
        public Sum<double[]> sum(Round round) {
            Sum<double[]> sum = super.sum(round);
            return () ->
                    seen.doubles.computeIfAbsent(round, absent -> sum.await().clone());
        }

        @Override
        public Sum<Chunk> gradients(Round round) {
            Sum<Chunk> sum = super.gradients(round);
            return () -> seen.floats.computeIfAbsent(round, absent -> copy(sum.await()));
        }
    }

    /** Commits each step after some of its offers, from what another worker came to. */
    private static final class Overtaking extends DelegatingCollective {
        private final Sums others;
        private final Random random;
        /** Offers that are taken in the present step; negative: it is committed before it begins. */
        private int left = Integer.MAX_VALUE;

        private long overtakenStep;

        Overtaking(Collective sums, Sums others, Random random) {
            super(sums);
            this.others = others;
            this.random = random;
            left = draw();
        }

        /** Before the step, at any of its offers, or not at all. */
        private int draw() {
            return random.nextInt(-1, others.offersAStep + 2);
        }

        @Override
        public Sum<double[]> offer(Round round, int shard, double[] part) {
            check(round);
            return super.offer(round, shard, part);
        }

        @Override
        public Sum<Chunk> offerGradients(Round round, int shard, Chunk part) {
            check(round);
            return super.offerGradients(round, shard, copy(part)); // what is sent does not change any more
        }

        private void check(Round round) {
            boolean isOfStep = round.kind() != SumKind.EVALUATION && round.kind() != SumKind.DATA_STATISTICS;
            if (isOfStep && left-- <= 0) {
                overtakenStep = round.step();
                throw new OvertakenException("too late");
            }
        }

        @Override
        public boolean isThere(Round round) {
            if (round.kind() == SumKind.COMMIT && left < 0) {
                overtakenStep = round.step();
            }
            return isFromOthers(round);
        }

        @Override
        public Sum<double[]> sum(Round round) {
            return isFromOthers(round) ? () -> others.doubles.get(round) : super.sum(round);
        }

        /** Evaluations always are. */
        private boolean isFromOthers(Round round) {
            return round.kind() == SumKind.EVALUATION
                    || round.kind() == SumKind.COMMIT && overtakenStep == round.step();
        }

        @Override
        public Sum<Chunk> gradients(Round round) {
            return overtakenStep == round.step() ? () -> others.floats.get(round) : super.gradients(round);
        }

        @Override
        public void done(long step) {
            super.done(step);
            left = draw();
        }
    }

    private record Trained(List<String> digests, List<Long> overtaken) {}

    private static Trained train(Job job, Collective sums) {
        Trained trained = new Trained(new ArrayList<>(), new ArrayList<>());
        try (DecodedDataset data = new PoisonedData(0).undecoded();
                WorkerMetrics metrics = WorkerMetrics.serve("local", Optional.empty())) {
            Replicas replicas = Replicas.open(job, data, LocalTraining.ARITHMETIC, Optional.empty());
            Timetable plan = new Timetable(STEPS, STEPS, 1000, 2);
            TrainingState state = new TrainingState(job, replicas.initialState(), plan);
            CheckpointKeeper listener = LocalTraining.after(step -> {
                trained.digests.add(StateDigest.sha256(state.modelState()));
                if (step.overtaken()) {
                    trained.overtaken.add(step.step());
                }
            });
            try (LocalShards shards = new LocalShards(job, data, replicas, 1, CLOCK)) {
                shards.deal(List.of(new ShardRun(0, job.batches().shards())), sums);
                shards.normalizeBy(ChannelStatistics.of(shards.sumStatistics()));
                new Trainer(plan, state, shards, LocalTraining.telling(listener, metrics, shards), CLOCK).run();
            }
        }
        return trained;
    }

    private static Job job(String model) {
        String name = model.equals("every layer") ? EveryLayer.class.getName() : model;
        return LocalTraining.job(
                Map.of("model", name, "steps", "" + STEPS, "batch", "2", "dropout", "0.3", "shards", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"every layer", "resnet20", "resnet18"})
    void endWithTheSameBits(String model) {
        Job job = job(model);
        Sums others = new Sums();
        Trained undisturbed;
        try (Collective sums = new Recording(new LocalCollective(1, 1), others)) {
            undisturbed = train(job, sums);
        }
        assertThat(undisturbed.overtaken).isEmpty();
        int overtaken = 0;
        for (long seed = 1; seed <= (model.equals("resnet18") ? 4 : 12); seed++) {
            try (Collective sums = new Overtaking(new LocalCollective(1, 1), others, new Random(seed))) {
                Trained trained = train(job, sums);
                assertThat(trained.digests).as("seed %d", seed).isEqualTo(undisturbed.digests);
                overtaken += trained.overtaken.size();
            }
        }
        assertThat(overtaken).as("steps that were given up").isGreaterThan(STEPS);
    }
}
