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
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * The shards of one process: a contiguous run of the job's, each with its model, its data and a thread. Which ones changes
 * with each generation; layers and memory, which belong to no shard in particular, stay.
 */
final class LocalShards implements AutoCloseable {
    /** Examples of a batch of test rows: enough to keep a core busy, few enough for the memory of a small model. */
    private static final int TEST_CHUNK = 16;

    private final Job job;
    private final DecodedDataset data;
    private final Replicas replicas;
    private final LongSupplier nanoClock;
    private final BatchPlan batches;
    private final Grouping groups;
    private final int capacity;
    private final List<ShardModel> models = new ArrayList<>();

    private Collective collective;
    private List<Integer> numbers = List.of();
    private ShardThreads threads;
    private List<ShardStep> shards = List.of();

    LocalShards(Job job, DecodedDataset data, Replicas replicas, LongSupplier nanoClock) {
        this.job = job;
        this.data = data;
        this.replicas = replicas;
        this.nanoClock = nanoClock;
        this.batches = batchPlan(job, data.train().size());
        this.groups = new Grouping(job.shards(), job.normalization().groupSize(job.shards()));
        this.capacity = Math.max(job.batch(), TEST_CHUNK);
    }

    static BatchPlan batchPlan(Job job, int trainRows) {
        return new BatchPlan(trainRows, job.shards(), job.batch(), job.seed(), job.shuffle());
    }

    /**
     * Takes these shards on, in place of those before: decodes their rows and makes the layers that are missing.
     *
     * @param sums in which the shards meet; stays the caller's to close
     */
    void deal(int firstShard, int shardCount, Collective sums) {
        collective = sums;
        data.prepare(
                new ShardRows(data.train().size(), job.shards()).of(firstShard, shardCount),
                new ShardRows(data.test().size(), job.shards()).of(firstShard, shardCount),
                Math.min(shardCount, Runtime.getRuntime().availableProcessors()));
        numbers = IntStream.range(firstShard, firstShard + shardCount).boxed().toList();
        closeThreads();
        threads = new ShardThreads(shardCount, sums);
        while (models.size() > shardCount) {
            models.remove(models.size() - 1).close();
        }
        while (models.size() < shardCount) {
            models.add(
                    replicas.definition().newShardModel(replicas.initialState().replica(), capacity));
        }
    }

    /** Sums over all shards what the data is normalized by: {@link ChannelStatistics#sums}. */
    double[] sumStatistics() {
        Round round = Round.of(Kind.DATA_STATISTICS, 0, 0);
        ShardRows rows = new ShardRows(data.train().size(), job.shards());
        List<double[]> totals = threads.forEach(numbers, shard -> {
            double[] sums = ChannelStatistics.sums(data.train(), data.shape(), rows.of(shard));
            return collective.offer(round, shard, sums).await();
        });
        return totals.get(0);
    }

    /** Makes the shards ready for steps. */
    void normalizeBy(ChannelStatistics statistics) {
        shards = numbers.stream()
                .map(shard -> new ShardStep(
                        shard,
                        job.seed(),
                        groups,
                        models.get(shard - numbers.get(0)),
                        new BatchLoader(data, batches, shard, statistics, job.augment(), TEST_CHUNK),
                        job.optimization().labelSmoothing(),
                        Tensor.zeros(capacity, Shape.flat(data.classes())),
                        new FiniteWatch(shard, replicas.definition(), job.skipNotFinite()),
                        collective,
                        nanoClock))
                .toList();
    }

    /** Runs a step for every shard, up to what they have offered. */
    List<ShardStep.Offered> run(long step) {
        return threads.forEach(shards, shard -> shard.run(step));
    }

    /** Whether no step is to be begun after this one. */
    boolean endWith(long step) {
        return collective.endsWith(step);
    }

    /** The present model on all test rows of the job, shared among its workers. */
    Evaluation evaluate(long stepsDone) {
        Round round = Round.of(Kind.EVALUATION, stepsDone, 0);
        List<double[]> totals = threads.forEach(shards, shard -> collective
                .offer(round, shard.number(), shard.evaluate())
                .await());
        return Evaluation.of(totals.get(0));
    }

    private void closeThreads() {
        if (threads != null) {
            threads.close();
        }
    }

    @Override
    public void close() {
        closeThreads();
        models.forEach(ShardModel::close);
    }
}
