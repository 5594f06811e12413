package io.syncbn.worker.train;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.Chunks;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Grouping;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.OvertakenException;
import io.syncbn.worker.collective.Round;
import io.syncbn.worker.collective.Sum;
import io.syncbn.worker.data.BatchLoader;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.ShardModel;
import io.syncbn.worker.nn.SoftmaxCrossEntropy;
import io.syncbn.worker.nn.Tensor;
import io.syncbn.worker.optim.L2Norm;
import io.syncbn.worker.record.LayerWaits;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One shard's share of a step: a logical device. Its computation does not depend on which other shards live in the same
 * process. Used by one thread at a time.
 */
final class ShardStep {
    private final int shard;
    private final long seed;
    private final long steps;
    private final Grouping groups;
    private final ShardModel model;
    private final BatchLoader loader;
    private final double labelSmoothing;
    private final Collective collective;
    private final LongSupplier nanoClock;
    private final LayerClocks momentsWaits;
    private final Chunks chunks;
    private final Tensor logitsGradient;
    private final NonFiniteGuard watch;

    private int chunksLeft;
    /** Of the chunks offered in this step. */
    private double squaredNorm;

    /**
     * @param steps of the whole job
     * @param normalizationLayers that sum moments over shards
     */
    ShardStep(
            int shard,
            long seed,
            long steps,
            int normalizationLayers,
            Grouping groups,
            ShardModel model,
            BatchLoader loader,
            double labelSmoothing,
            Tensor logitsGradient,
            NonFiniteGuard watch,
            Collective collective,
            LongSupplier nanoClock) {
        this.shard = shard;
        this.seed = seed;
        this.steps = steps;
        this.groups = groups;
        this.model = model;
        this.loader = loader;
        this.labelSmoothing = labelSmoothing;
        this.collective = collective;
        this.nanoClock = nanoClock;
        this.momentsWaits = new LayerClocks(normalizationLayers, nanoClock);
        this.chunks = Chunks.ofGradient(model.gradients().length);
        this.logitsGradient = logitsGradient;
        this.watch = watch;
    }

    /**
     * What a shard did in a step.
     *
     * @param isWhole whether it has offered all its parts; else the step was committed without them, and it gave up
     * @param notFinite what this shard found in its own numbers, with its number and the place, if they were not finite
     * @param loadNanos spent getting the batch
     * @param waits for moments
     */
    record Share(boolean isWhole, Optional<String> notFinite, long loadNanos, LayerWaits waits) {}

    /** Forward and backward over this shard's batch of the step; offers everything, awaits only moments. */
    Share run(long step) {
        watch.begin(step);
        chunksLeft = chunks.count();
        squaredNorm = 0;
        long start = nanoClock.getAsLong();
        BatchLoader.Batch batch = loader.train(step);
        long loadNanos = nanoClock.getAsLong() - start;
        boolean isWhole = true;
        try {
            compute(step, batch);
        } catch (OvertakenException e) {
            isWhole = false;
        }
        return new Share(isWhole, watch.origin(), loadNanos, momentsWaits.take());
    }

    private void compute(long step, BatchLoader.Batch batch) {
        model.beginStep();
        Pass pass = new Pass(true, batchId(step), reducer(step), offset -> offerFrom(offset, step));
        Tensor logits = model.forward(batch.images(), pass);
        Tensor lossGradient = logitsGradient.withExamples(logits.examples());
        SoftmaxCrossEntropy.Result result =
                SoftmaxCrossEntropy.compute(logits, batch.labels(), labelSmoothing, lossGradient);
        watch.loss(result.loss());
        model.backward(lossGradient, pass);

        CommitSum part = CommitSum.of(
                GradientNorms.ofShard(batch.images().examples(), squaredNorm),
                result.loss(),
                result.correct(),
                watch.origin().isPresent(),
                model.batchStatistics(),
                groups.positionOf(shard) == 0);
        collective.offer(Round.commit(step), shard, part.pack());
    }

    private Pass.BatchId batchId(long step) {
        return new Pass.BatchId(seed, step, shard, (double) (step - 1) / steps);
    }

    private MomentsReducer reducer(long step) {
        return (direction, layer, part) -> {
            SumKind kind =
                    direction == MomentsReducer.Direction.FORWARD ? SumKind.MOMENTS_FORWARD : SumKind.MOMENTS_BACKWARD;
            watch.moments(direction, layer, part);
            Sum<double[]> sum = collective.offer(Round.of(kind, step, layer), shard, part);
            return () -> {
                double[] total = momentsWaits.of(direction, layer).await(sum);
                watch.received(total);
                return total;
            };
        };
    }

    /** Offers every chunk that has become final, the highest first: the order in which backward completes them. */
    private void offerFrom(int offset, long step) {
        while (chunksLeft > chunks.firstFrom(offset)) {
            chunksLeft--;
            Round round = new Round(SumKind.GRADIENTS, step, chunksLeft, chunks.count());
            Chunk chunk = chunks.of(model.gradients(), chunksLeft);
            double squared = L2Norm.squared(chunk);
            watch.gradient(chunk, squared);
            squaredNorm += squared;
            collective.offerGradients(round, shard, chunk);
        }
    }
}
