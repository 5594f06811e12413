package io.syncbn.worker;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.LocalCollective;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.kernels.Arithmetic;
import io.syncbn.worker.record.Evaluation;
import io.syncbn.worker.train.LocalShards;
import io.syncbn.worker.train.Replicas;
import java.nio.file.Path;
import java.util.List;

/** Evaluates a checkpoint on a data set in one process, with the same sums in the same order as during training. */
public final class EvaluationRun {
    private EvaluationRun() {}

    /**
     * Evaluates.
     *
     * @param job model, shards and data; the data may be another set than the checkpoint was trained on
     * @param checkpoint a run directory, whose last checkpoint is taken, or one checkpoint
     * @param threads that compute; they change no bit
     */
    public static Evaluation run(Job job, Path checkpoint, int threads) {
        Arithmetic arithmetic = Arithmetic.of(job.determinism());
        try (DecodedDataset data = DecodedDataset.open(job)) {
            Replicas replicas = Replicas.ofCheckpoint(job, data, arithmetic, checkpoint);
            int groupSize = job.groupSize();
            try (Collective collective = new LocalCollective(job.batches().shards(), groupSize);
                    LocalShards shards = new LocalShards(job, data, replicas, threads, System::nanoTime)) {
                shards.deal(List.of(new ShardRun(0, job.batches().shards())), collective);
                shards.normalizeBy(ChannelStatistics.of(shards.sumStatistics()));
                return shards.evaluation(replicas.initialState().step());
            }
        }
    }
}
