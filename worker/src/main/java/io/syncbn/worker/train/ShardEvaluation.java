package io.syncbn.worker.train;

import io.syncbn.proto.sums.SumKind;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;
import io.syncbn.worker.data.BatchLoader;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.SoftmaxCrossEntropy;
import io.syncbn.worker.nn.Tensor;

/** One shard's part in what happens between steps: passes over its training rows and its test rows. */
final class ShardEvaluation {
    /** Examples, loss, correct predictions. */
    static final int NUMBERS = 3;

    private final int shard;
    private final int normalizationLayers;
    private final BatchLoader loader;
    private final Tensor logitsGradient;
    private final NonFiniteGuard watch;
    private final Collective collective;

    /**
     * @param normalizationLayers that sum moments over shards
     * @param logitsGradient room for the largest batch
     */
    ShardEvaluation(
            int shard,
            int normalizationLayers,
            BatchLoader loader,
            Tensor logitsGradient,
            NonFiniteGuard watch,
            Collective collective) {
        this.shard = shard;
        this.normalizationLayers = normalizationLayers;
        this.loader = loader;
        this.logitsGradient = logitsGradient;
        this.watch = watch;
        this.collective = collective;
    }

    /**
     * Adds up what normalization layers see of the shard's first batches of the first epoch, normalized by batch
     * statistics as in training, and offers that.
     *
     * @param model for batches of training rows
     * @param firstBatch number of the first of these batches among all between the same steps
     * @param total the sum over all shards to which it offers
     */
    void estimate(ShardModel model, int batches, int firstBatch, Round total) {
        model.population().clear();
        for (int i = 0; i < batches; i++) {
            if (collective.isThere(total)) {
                return;
            }
            Tensor images = loader.plain(i + 1L).images();
            model.forward(images, estimation(total.step(), firstBatch + i));
        }
        collective.offer(total, shard, model.population().pack());
    }

    /**
     * Sums over the shard's test rows by running statistics; stops if the total of all shards arrives before.
     *
     * @param tester a model for batches of test rows, which may be larger than those of training
     * @param sums takes {@link #NUMBERS} numbers
     */
    void test(ShardModel tester, Round total, double[] sums, int offset) {
        watch.begin(total.step());
        for (int chunk = 0; chunk < loader.testChunks() && !collective.isThere(total); chunk++) {
            BatchLoader.Batch batch = loader.test(chunk);
            double loss = add(tester.forward(batch.images(), Pass.evaluation()), batch, sums, offset);
            watch.testLoss(loss, () -> tester.firstNotFinite(batch.images()));
        }
    }

    /**
     * The same by the statistics of batches, as many examples a shard as in training.
     *
     * @param batches of the shard that has most; others take part with empty ones
     * @param firstBatch number of the first of these batches among all between the same steps
     */
    void testByBatches(ShardModel model, long stepsDone, int batches, int firstBatch, double[] sums, int offset) {
        for (int i = 0; i < batches; i++) {
            BatchLoader.Batch batch = loader.testBatch(i);
            add(model.forward(batch.images(), estimation(stepsDone, firstBatch + i)), batch, sums, offset);
        }
    }

    private double add(Tensor logits, BatchLoader.Batch batch, double[] sums, int offset) {
        SoftmaxCrossEntropy.Result result =
                SoftmaxCrossEntropy.compute(logits, batch.labels(), 0, logitsGradient.withExamples(logits.examples()));
        sums[offset] += batch.images().examples();
        sums[offset + 1] += result.loss();
        sums[offset + 2] += result.correct();
        return result.loss();
    }

    private Pass estimation(long stepsDone, int batch) {
        MomentsReducer reducer = (direction, layer, part) -> {
            Round round = Round.of(SumKind.PASS_MOMENTS, stepsDone, batch * normalizationLayers + layer);
            Sum<double[]> sum = collective.offer(round, shard, part);
            return sum::await;
        };
        return Pass.estimation(new Pass.BatchId(0, stepsDone, shard, 1), reducer);
    }

    int shard() {
        return shard;
    }
}
