package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.v1.Kind;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.data.BatchLoader;
import io.syncbn.worker.data.BatchPlan;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.data.ShardRows;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.Tensor;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** The shards of one process: a contiguous run of the job's, each with its model, its data and a thread. */
final class LocalShards implements AutoCloseable {
    /** Examples of a batch of test rows: enough to keep a core busy, few enough for the memory of a small model. */
    private static final int TEST_CHUNK = 16;

    private final Collective collective;
    private final ShardThreads threads;
    private final List<ShardModel> models;
    private final List<ShardStep> shards;

    private LocalShards(Collective collective, ShardThreads threads, List<ShardModel> models, List<ShardStep> shards) {
        this.collective = collective;
        this.threads = threads;
        this.models = models;
        this.shards = shards;
    }

    static BatchPlan batchPlan(Job job, int trainRows) {
        return new BatchPlan(trainRows, job.shards(), job.batch(), job.seed(), job.shuffle());
    }

    /**
     * Decodes the shards' rows, sums the statistics by which all data is normalized, and makes the models.
     *
     * @param collective stays the caller's to close
     */
    static LocalShards open(
            Job job,
            DecodedDataset data,
            Replicas replicas,
            int firstShard,
            int shardCount,
            Collective collective,
            LongSupplier nanoClock) {
        BatchPlan batches = batchPlan(job, data.train().size());
        data.prepare(
                new ShardRows(data.train().size(), job.shards()).of(firstShard, shardCount),
                new ShardRows(data.test().size(), job.shards()).of(firstShard, shardCount),
                Math.min(shardCount, Runtime.getRuntime().availableProcessors()));
        List<Integer> numbers =
                IntStream.range(firstShard, firstShard + shardCount).boxed().toList();
        ShardThreads threads = new ShardThreads(shardCount, collective);
        ChannelStatistics statistics = sumStatistics(data, job.shards(), numbers, threads, collective);
        Grouping groups = new Grouping(job.shards(), job.normalization().groupSize(job.shards()));
        int capacity = Math.max(job.batch(), TEST_CHUNK);
        List<ShardModel> models = numbers.stream()
                .map(shard -> replicas.definition()
                        .newShardModel(replicas.initialState().replica(), capacity))
                .toList();
        List<ShardStep> shards = numbers.stream()
                .map(shard -> new ShardStep(
                        shard,
                        job.seed(),
                        groups,
                        models.get(shard - firstShard),
                        new BatchLoader(data, batches, shard, statistics, job.augment(), TEST_CHUNK),
                        job.optimization().labelSmoothing(),
                        Tensor.zeros(capacity, Shape.flat(data.classes())),
                        collective,
                        nanoClock))
                .toList();
        return new LocalShards(collective, threads, models, shards);
    }

    private static ChannelStatistics sumStatistics(
            DecodedDataset data, int allShards, List<Integer> numbers, ShardThreads threads, Collective collective) {
        Round round = Round.of(Kind.DATA_STATISTICS, 0, 0);
        ShardRows rows = new ShardRows(data.train().size(), allShards);
        List<double[]> totals = threads.forEach(numbers, shard -> {
            double[] sums = ChannelStatistics.sums(data.train(), data.shape(), rows.of(shard));
            return collective.offer(round, shard, sums).await();
        });
        return ChannelStatistics.of(totals.get(0));
    }

    /** Runs a step for every shard, up to what they have offered. */
    List<ShardStep.Offered> run(long step) {
        return threads.forEach(shards, shard -> shard.run(step));
    }

    /** The present model on all test rows of the job, shared among its workers. */
    Evaluation evaluate(long stepsDone) {
        Round round = Round.of(Kind.EVALUATION, stepsDone, 0);
        List<double[]> totals = threads.forEach(shards, shard -> collective
                .offer(round, shard.number(), shard.evaluate())
                .await());
        return Evaluation.of(totals.get(0));
    }

    @Override
    public void close() {
        threads.close();
        models.forEach(ShardModel::close);
    }
}
