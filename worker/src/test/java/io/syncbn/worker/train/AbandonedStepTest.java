package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.collective.AbandonedException;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.LocalCollective;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.record.CheckpointKeeper;
import io.syncbn.worker.record.Intervals;
import io.syncbn.worker.record.WorkerMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** Steps that another worker's failure ends at any point, and that are then done again. */
class AbandonedStepTest {
    private static final LongSupplier CLOCK = System::nanoTime;
    private static final int STEPS = 3;

    /** Sums as ever, until one is awaited beyond the last that may be. */
    private static final class Limited extends DelegatingCollective {
        private final AtomicInteger left;

        Limited(Collective sums, int limit) {
            super(sums);
            left = new AtomicInteger(limit);
        }

        @Override
        public Sum<double[]> offer(Round round, int shard, double[] part) {
            return limited(super.offer(round, shard, part));
        }

        @Override
        public Sum<Chunk> gradients(Round round) {
            return limited(super.gradients(round));
        }

        @Override
        public Sum<double[]> sum(Round round) {
            return round.kind() == SumKind.COMMIT ? limited(super.sum(round)) : super.sum(round);
        }

        private <T> Sum<T> limited(Sum<T> sum) {
            return () -> {
                if (left.getAndDecrement() <= 0) {
                    fail("worker-1 was lost");
                    throw new AbandonedException("worker-1 was lost");
                }
                return sum.await();
            };
        }
    }

    private static Job job() {
        return LocalTraining.job(Map.of("model", "resnet20", "steps", "" + STEPS, "batch", "2", "shards", "3"));
    }

    /** Trains to the end, in as many generations as there are limits and one more. */
    private static String train(Job job, int... limits) {
        try (DecodedDataset data = DecodedDataset.open(job);
                WorkerMetrics metrics = WorkerMetrics.serve("local", Optional.empty())) {
            Replicas replicas = Replicas.open(job, data, LocalTraining.ARITHMETIC, Optional.empty());
            Timetable plan = Timetable.of(job, data, new Intervals(1000, Duration.ZERO, 1000));
            TrainingState state = new TrainingState(job, replicas.initialState(), plan);
            try (LocalShards shards = new LocalShards(job, data, replicas, 1, CLOCK)) {
                for (int generation = 0; generation <= limits.length; generation++) {
                    int limit = generation < limits.length ? limits[generation] : Integer.MAX_VALUE;
                    try (Collective collective = new Limited(new LocalCollective(3, 3), limit)) {
                        shards.deal(List.of(new ShardRun(0, 3)), collective);
                        shards.normalizeBy(io.syncbn.worker.data.ChannelStatistics.of(shards.sumStatistics()));
                        Trainer trainer = new Trainer(
                                plan,
                                state,
                                shards,
                                LocalTraining.telling(CheckpointKeeper.NONE, metrics, shards),
                                CLOCK);
                        if (generation < limits.length) {
                            String before = StateDigest.sha256(state.modelState());
                            long step = state.step();
                            assertThatThrownBy(trainer::run).isInstanceOf(AbandonedException.class);
                            if (state.step() == step) {
                                assertThat(StateDigest.sha256(state.modelState()))
                                        .isEqualTo(before);
                            }
                        } else {
                            assertThat(trainer.run()).isTrue();
                        }
                    }
                }
            }
            return StateDigest.sha256(state.modelState());
        }
    }

    @Test
    void leaveNoTrace() {
        Job job = job();
        String undisturbed = train(job);
        Random random = new Random(7);
        for (int round = 0; round < 6; round++) {
            // A step awaits 2 × 19 moments in each of 3 shards, then gradients and commit.
            int[] limits = {random.nextInt(122), random.nextInt(122), random.nextInt(122)};
            assertThat(train(job, limits))
                    .as("abandoned after %s sums", (Object) limits)
                    .isEqualTo(undisturbed);
        }
    }
}
