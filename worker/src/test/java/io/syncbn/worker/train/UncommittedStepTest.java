package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.v1.Kind;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.JobFailedException;
import io.syncbn.worker.collective.LocalCollective;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;
import io.syncbn.worker.data.DecodedDataset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A step all of whose sums arrived, but which another worker's failure keeps from being committed. */
class UncommittedStepTest {

    /** Sums as ever, and never commits. */
    private record Uncommitted(Collective sums) implements Collective {
        @Override
        public Sum<double[]> offer(Round round, int shard, double[] part) {
            Sum<double[]> sum = sums.offer(round, shard, part);
            return round.kind() == Kind.COMMIT ? Uncommitted::never : sum;
        }

        @Override
        public Sum<float[]> offerGradients(Round round, int shard, float[] part) {
            return sums.offerGradients(round, shard, part);
        }

        private static double[] never() {
            throw new JobFailedException("worker-1 was lost");
        }

        @Override
        public void await(CompletableFuture<?> work) throws InterruptedException {
            sums.await(work);
        }

        @Override
        public void fail(String reason) {
            sums.fail(reason);
        }

        @Override
        public void close() {
            sums.close();
        }
    }

    @Test
    void leavesNoTrace() {
        Job job = LocalTraining.job(Map.of("model", "lenet", "steps", "2", "batch", "5"));
        try (DecodedDataset data = WorkerProcess.openData(job)) {
            Replicas replicas = Replicas.open(job, data, Optional.empty());
            Trainer.Plan plan = Trainer.Plan.of(job, data, 0, 0);
            TrainingState state = new TrainingState(job, replicas.initialState(), plan);
            String before = StateDigest.sha256(state.modelState());
            try (Collective collective = new Uncommitted(new LocalCollective(3, 3));
                    LocalShards shards = LocalShards.open(job, data, replicas, 0, 3, collective, System::nanoTime);
                    WorkerMetrics metrics = WorkerMetrics.serve("local", -1)) {
                Trainer trainer = new Trainer(plan, state, shards, RunListener.NONE, metrics, System::nanoTime);
                assertThatThrownBy(trainer::run).isInstanceOf(JobFailedException.class);
            }
            assertThat(state.step()).isZero();
            assertThat(StateDigest.sha256(state.modelState())).isEqualTo(before);
        }
    }
}
