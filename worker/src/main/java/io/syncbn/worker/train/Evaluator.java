package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.data.BatchPlan;
import io.syncbn.worker.data.ShardRows;
import io.syncbn.worker.nn.Population;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.optim.WeightAverage;
import io.syncbn.worker.record.Evaluation;
import io.syncbn.worker.record.Evaluation.Other;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Evaluates the present model on all test rows of the job, shared among its workers: by running statistics, and if the
 * job asks for precise ones, by these and by those of batches too; and the average of the weights, if one is kept. The three side by side show what running statistics
 * lag behind by, and the gap between training and evaluation (Wu &amp; Johnson 2021, §3 and §4).
 *
 * <p>Precise statistics are the mean and variance of what each layer sees of the training rows as they are, at the
 * present weights, when every batch is normalized by its own statistics, as in training. They are summed over all
 * shards in float64, and never take the place of running ones.
 *
 * <p>Belongs to the training thread, between steps.
 */
final class Evaluator {
    /** Examples of a batch of test rows: enough to keep a core busy, few enough for the memory of a small model. */
    static final int TEST_CHUNK = 16;

    private final Job job;
    private final Replicas replicas;
    private final BatchPlan batches;
    private final int testRows;
    private final Collective collective;
    private final ShardThreads threads;
    private final int threadsOfAShard;
    private final List<ShardModel> models;
    private final List<ShardEvaluation> shards;

    /**
     * @param models of the shards, for batches of training rows
     * @param shards in the same order
     */
    Evaluator(
            Job job,
            Replicas replicas,
            BatchPlan batches,
            int testRows,
            Collective collective,
            ShardThreads threads,
            int threadsOfAShard,
            List<ShardModel> models,
            List<ShardEvaluation> shards) {
        this.job = job;
        this.replicas = replicas;
        this.batches = batches;
        this.testRows = testRows;
        this.collective = collective;
        this.threads = threads;
        this.threadsOfAShard = threadsOfAShard;
        this.models = models;
        this.shards = shards;
    }

    /**
     * What an evaluation found.
     *
     * @param precise statistics, laid out as running ones, if the job asks for them
     */
    record Found(Evaluation evaluation, Optional<float[]> precise) {}

    /** Evaluates the present model. */
    Found evaluate(long stepsDone) {
        Replica present = replicas.initialState().replica();
        Optional<Replica> precise = estimate(stepsDone, 0, present, models).map(present::withStatistics);
        Optional<Replica> average =
                WeightAverage.in(replicas.initialState().slots()).map(present::withWeights);
        Optional<Replica> preciseAverage = average.map(weights -> estimateWithModels(stepsDone, weights));
        List<Other> others = new ArrayList<>();
        precise.ifPresent(statistics -> others.addAll(List.of(Other.PRECISE, Other.BATCH)));
        preciseAverage.ifPresent(weights -> others.add(Other.EMA));

        Round round = Round.of(SumKind.EVALUATION, stepsDone, 0);
        if (!collective.isThere(round)) {
            double[][] sums = new double[shards.size()][(1 + others.size()) * ShardEvaluation.NUMBERS];
            test(present, round, sums, 0);
            for (Other other : others) {
                int offset = (1 + others.indexOf(other)) * ShardEvaluation.NUMBERS;
                switch (other) {
                    case PRECISE -> test(precise.orElseThrow(), round, sums, offset);
                    case BATCH -> testByBatches(stepsDone, sums, offset);
                    case EMA -> test(preciseAverage.orElseThrow(), round, sums, offset);
                }
            }
            threads.forEach(
                    indices(shards.size()),
                    i -> collective.offer(round, shards.get(i).shard(), sums[i]));
        }
        Evaluation evaluation = Evaluation.of(collective.sum(round).await(), others);
        if (!evaluation.isFinite() && !job.optimization().safeguard().skipNonFinite()) {
            throw NonFiniteGuard.stop(stepsDone, "the test loss is " + evaluation.loss());
        }
        return new Found(evaluation, precise.map(Replica::runningStatistics));
    }

    /** With statistics of its own, estimated in models that exist only for that; or with the present ones. */
    private Replica estimateWithModels(long stepsDone, Replica replica) {
        List<ShardModel> own = new ArrayList<>();
        try {
            while (own.size() < shards.size() && estimates()) {
                own.add(replicas.definition()
                        .newShardModel(
                                replica,
                                job.batches().batch(),
                                job.determinism().kernels(),
                                threadsOfAShard));
            }
            return estimate(stepsDone, 1, replica, own)
                    .map(replica::withStatistics)
                    .orElse(replica);
        } finally {
            own.forEach(ShardModel::close);
        }
    }

    private int preciseBatches() {
        return Math.min(job.model().normalization().running().preciseBatches(), batches.stepsPerEpoch());
    }

    private boolean estimates() {
        return preciseBatches() > 0
                && !replicas.definition().statistics().entries().isEmpty();
    }

    /**
     * Estimates statistics, if the job asks for it.
     *
     * @param weights number of the weights among those that are evaluated
     * @param own one of each shard's, of these weights
     */
    private Optional<float[]> estimate(long stepsDone, int weights, Replica replica, List<ShardModel> own) {
        if (!estimates()) {
            return Optional.empty();
        }
        Round total = Round.of(SumKind.POPULATION, stepsDone, weights);
        if (!collective.isThere(total)) {
            ofEach(i -> {
                shards.get(i).estimate(own.get(i), preciseBatches(), weights * preciseBatches(), total);
                return true;
            });
        }
        return Optional.of(Population.statistics(
                collective.sum(total).await(), replica.statistics(), replica.runningStatistics()));
    }

    /** By running statistics. Models for batches of test rows exist only while needed, and no more of them than cores. */
    private void test(Replica replica, Round round, double[][] sums, int offset) {
        if (replica == replicas.initialState().replica() && job.batches().batch() >= TEST_CHUNK) {
            test(models, round, sums, offset);
            return;
        }
        int count = Math.min(shards.size(), Runtime.getRuntime().availableProcessors());
        List<ShardModel> testers = new ArrayList<>();
        try {
            while (testers.size() < count) {
                testers.add(replicas.definition()
                        .newShardModel(replica, TEST_CHUNK, job.determinism().kernels(), threadsOfAShard));
            }
            test(testers, round, sums, offset);
        } finally {
            testers.forEach(ShardModel::close);
        }
    }

    /** Shards take turns in the models. */
    private void test(List<ShardModel> testers, Round round, double[][] sums, int offset) {
        threads.forEach(indices(testers.size()), first -> {
            for (int i = first; i < shards.size(); i += testers.size()) {
                shards.get(i).test(testers.get(first), round, sums[i], offset);
            }
            return true;
        });
    }

    private void testByBatches(long stepsDone, double[][] sums, int offset) {
        int largest = new ShardRows(testRows, job.batches().shards()).count(0);
        int passes = (largest + job.batches().batch() - 1) / job.batches().batch();
        ofEach(i -> {
            shards.get(i).testByBatches(models.get(i), stepsDone, passes, 2 * preciseBatches(), sums[i], offset);
            return true;
        });
    }

    private void ofEach(Function<Integer, Boolean> work) {
        threads.forEach(indices(shards.size()), work);
    }

    private static List<Integer> indices(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
