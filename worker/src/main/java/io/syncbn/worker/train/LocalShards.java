package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.sums.Chunk;
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

/**
 * The shards of one process: a run of the job's, or two, each shard with its model, its data and a thread. The set of
 * shards changes with each generation; models and their memory, which are not tied to a shard, stay.
 */
public final class LocalShards implements AutoCloseable {
    private final Job job;
    private final DecodedDataset data;
    private final Replicas replicas;
    private final int processThreads;
    private final LongSupplier nanoClock;
    private final BatchPlan batches;
    private final Grouping groups;
    private final List<ShardModel> models = new ArrayList<>();

    private Collective collective;
    private List<Integer> numbers = List.of();
    private int threadsOfAShard;
    private ShardThreads threads;
    private List<ShardStep> shards = List.of();
    private Evaluator evaluator;

    /** @param processThreads shared by the shards; each has one at least */
    public LocalShards(Job job, DecodedDataset data, Replicas replicas, int processThreads, LongSupplier nanoClock) {
        this.job = job;
        this.data = data;
        this.replicas = replicas;
        this.processThreads = processThreads;
        this.nanoClock = nanoClock;
        this.batches = BatchPlan.of(job, data.train().size());
        this.groups = new Grouping(job.batches().shards(), job.groupSize());
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
        int most = threadsOfAShard == threadsOfAShard() ? numbers.size() : 0;
        threadsOfAShard = threadsOfAShard();
        while (models.size() > most) {
            models.remove(models.size() - 1).close();
        }
        while (models.size() < numbers.size()) {
            models.add(newModel(job.batches().batch()));
        }
    }

    private int threadsOfAShard() {
        return Math.max(1, processThreads / numbers.size());
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

    /** Makes the shards ready for steps and evaluations. */
    public void normalizeBy(ChannelStatistics statistics) {
        List<ShardStep> steps = new ArrayList<>();
        List<ShardEvaluation> evaluations = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i++) {
            int shard = numbers.get(i);
            BatchLoader loader =
                    new BatchLoader(data, batches, shard, statistics, job.data().augment(), Evaluator.TEST_CHUNK);
            Tensor logitsGradient =
                    Tensor.zeros(Math.max(job.batches().batch(), Evaluator.TEST_CHUNK), Shape.flat(data.classes()));
            NonFiniteGuard guard = new NonFiniteGuard(
                    shard, replicas.definition(), job.optimization().safeguard().skipNonFinite());
            steps.add(new ShardStep(
                    shard,
                    job.determinism().seed(),
                    Timetable.steps(job, batches),
                    normalizationLayers(),
                    groups,
                    models.get(i),
                    loader,
                    job.optimization().regularization().labelSmoothing(),
                    logitsGradient,
                    guard,
                    collective,
                    nanoClock));
            evaluations.add(new ShardEvaluation(
                    shard,
                    replicas.definition().normalizationLayers().size(),
                    loader,
                    logitsGradient,
                    guard,
                    collective));
        }
        shards = List.copyOf(steps);
        evaluator = new Evaluator(
                job, replicas, batches, data.test().size(), collective, threads, threadsOfAShard, models, evaluations);
    }

    /** How many layers sum moments over shards. */
    int normalizationLayers() {
        return replicas.definition().normalizationLayers().size();
    }

    /** Whether the job has several shards, and no layer lets the examples of one change what another computes. */
    boolean areIndependent() {
        return job.batches().shards() > 1
                && (groups.groupSize() == 1
                        || replicas.definition().normalizationLayers().isEmpty());
    }

    /** Runs a step for every shard, up to what they offer; does nothing if the step is committed already. */
    List<ShardStep.Share> run(long step) {
        return collective.isThere(Round.commit(step)) ? List.of() : threads.forEach(shards, shard -> shard.run(step));
    }

    /** A chunk of the gradient over all shards. */
    Sum<Chunk> gradients(long step, int chunk, int of) {
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

    /** Evaluates the present model on all test rows of the job, shared among its workers. */
    Evaluator.Found evaluate(long stepsDone) {
        return evaluator.evaluate(stepsDone);
    }

    /** Evaluates the present model, for itself. */
    public Evaluation evaluation(long stepsDone) {
        return evaluate(stepsDone).evaluation();
    }

    private ShardModel newModel(int maxExamples) {
        return replicas.definition()
                .newShardModel(
                        replicas.initialState().replica(),
                        maxExamples,
                        job.determinism().kernels(),
                        threadsOfAShard);
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
