package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;
import io.syncbn.worker.data.BatchLoader;
import io.syncbn.worker.data.BatchPlan;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.data.Dataset;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.data.ShardRows;
import io.syncbn.worker.nn.Shape;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.record.Evaluation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * The shards of one process: a run of the job's, or two, each shard with its model, its data and a thread. The set of
 * shards changes with each generation; models and their memory, which are not tied to a shard, stay.
 */
public final class LocalShards implements AutoCloseable {
    /** Examples of a batch of test rows: enough to keep a core busy, few enough for the memory of a small model. */
    private static final int TEST_CHUNK = 16;

    private final Job job;
    private final DecodedDataset data;
    private final Replicas replicas;
    private final LongSupplier nanoClock;
    private final BatchPlan batches;
    private final Grouping groups;
    private final List<ShardModel> models = new ArrayList<>();

    private Collective collective;
    private List<Integer> numbers = List.of();
    private ShardThreads threads;
    private List<ShardStep> shards = List.of();

    public LocalShards(Job job, DecodedDataset data, Replicas replicas, LongSupplier nanoClock) {
        this.job = job;
        this.data = data;
        this.replicas = replicas;
        this.nanoClock = nanoClock;
        this.batches = batchPlan(job, data.train().size());
        this.groups = new Grouping(job.batches().shards(), job.groupSize());
    }

    public static BatchPlan batchPlan(Job job, int trainRows) {
        return new BatchPlan(
                trainRows,
                job.batches().shards(),
                job.batches().batch(),
                job.determinism().seed(),
                job.data().shuffle());
    }

    /**
     * Replaces the shards: decodes the rows of the new ones and makes the models that are missing.
     *
     * @param sums in which the shards meet; stays the caller's to close
     */
    public void deal(List<ShardRun> runs, Collective sums) {
        collective = sums;
        numbers = runs.stream().flatMapToInt(ShardRun::shards).boxed().toList();
        data.prepare(
                rows(data.train()),
                rows(data.test()),
                Math.min(numbers.size(), Runtime.getRuntime().availableProcessors()));
        closeThreads();
        threads = new ShardThreads(numbers.size(), sums);
        while (models.size() > numbers.size()) {
            models.remove(models.size() - 1).close();
        }
        while (models.size() < numbers.size()) {
            models.add(newModel(job.batches().batch()));
        }
    }

    private int[] rows(Dataset.Split split) {
        ShardRows rows = new ShardRows(split.size(), job.batches().shards());
        return numbers.stream()
                .flatMapToInt(shard -> Arrays.stream(rows.of(shard)))
                .toArray();
    }

    /** Sums over all shards what the data is normalized by: {@link ChannelStatistics#sums}. */
    public double[] sumStatistics() {
        Round round = Round.of(SumKind.DATA_STATISTICS, 0, 0);
        if (!collective.isThere(round)) {
            ShardRows rows = new ShardRows(data.train().size(), job.batches().shards());
            threads.forEach(numbers, shard -> {
                double[] sums = ChannelStatistics.sums(data.train(), data.shape(), rows.of(shard));
                return collective.offer(round, shard, sums);
            });
        }
        return collective.sum(round).await();
    }

    /** Makes the shards ready for steps. */
    public void normalizeBy(ChannelStatistics statistics) {
        shards = IntStream.range(0, numbers.size())
                .mapToObj(i -> new ShardStep(
                        numbers.get(i),
                        job.determinism().seed(),
                        Timetable.steps(job, batches),
                        groups,
                        models.get(i),
                        new BatchLoader(
                                data,
                                batches,
                                numbers.get(i),
                                statistics,
                                job.data().augment(),
                                TEST_CHUNK),
                        job.optimization().labelSmoothing(),
                        Tensor.zeros(Math.max(job.batches().batch(), TEST_CHUNK), Shape.flat(data.classes())),
                        new NonFiniteGuard(
                                numbers.get(i),
                                replicas.definition(),
                                job.optimization().safeguard().skipNonFinite()),
                        collective,
                        nanoClock))
                .toList();
    }

    /** Runs a step for every shard, up to what they offer; does nothing if the step is committed already. */
    List<ShardStep.Share> run(long step) {
        return collective.isThere(Round.commit(step)) ? List.of() : threads.forEach(shards, shard -> shard.run(step));
    }

    /** A chunk of the gradient over all shards. */
    Sum<float[]> gradients(long step, int chunk, int of) {
        return collective.gradients(new Round(SumKind.GRADIENTS, step, chunk, of));
    }

    /** What is summed over all shards beside the gradient: a {@link CommitSum}. */
    Sum<double[]> commit(long step) {
        return collective.sum(Round.commit(step));
    }

    /** Releases the step's sums. */
    void done(long step) {
        collective.done(step);
    }

    /** Whether the generation ends with this step. */
    boolean endWith(long step) {
        return collective.endsWith(step);
    }

    /** The present model on all test rows of the job, shared among its workers. */
    public Evaluation evaluate(long stepsDone) {
        Round round = Round.of(SumKind.EVALUATION, stepsDone, 0);
        if (job.batches().batch() >= TEST_CHUNK) {
            evaluate(round, models);
        } else {
            evaluateInLargerModels(round);
        }
        Evaluation evaluation = Evaluation.of(collective.sum(round).await());
        if (!evaluation.isFinite() && !job.optimization().safeguard().skipNonFinite()) {
            throw NonFiniteGuard.stop(stepsDone, "the test loss is " + evaluation.loss());
        }
        return evaluation;
    }

    /** Models for batches of test rows exist only while they are needed, and no more of them than cores. */
    private void evaluateInLargerModels(Round round) {
        List<ShardModel> testers = new ArrayList<>();
        try {
            while (testers.size() < Math.min(shards.size(), Runtime.getRuntime().availableProcessors())) {
                testers.add(newModel(TEST_CHUNK));
            }
            evaluate(round, testers);
        } finally {
            testers.forEach(ShardModel::close);
        }
    }

    /** Shards take turns in the models. */
    private void evaluate(Round round, List<ShardModel> testers) {
        threads.forEach(IntStream.range(0, testers.size()).boxed().toList(), first -> {
            for (int i = first; i < shards.size(); i += testers.size()) {
                shards.get(i).evaluate(round, testers.get(first));
            }
            return true;
        });
    }

    private ShardModel newModel(int maxExamples) {
        return replicas.definition().newShardModel(replicas.initialState().replica(), maxExamples);
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
