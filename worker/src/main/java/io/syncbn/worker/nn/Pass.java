package io.syncbn.worker.nn;

import java.util.function.IntConsumer;

/**
 * What one pass of a batch through a model needs to know, beside the batch.
 *
 * @param mode what layers do
 * @param batch which batch it is
 * @param moments sums for normalization layers
 * @param gradientsCompleteFrom told, during backward, that all gradients from this offset of the flat gradient on are
 *     final; offsets only go down, and 0 comes last
 * @param outputs told, during forward, what each layer has computed; of a residual block's branches, all but the last
 */
public record Pass(
        Mode mode, BatchId batch, MomentsReducer moments, IntConsumer gradientsCompleteFrom, LayerWatch outputs) {

    /** How layers treat a batch. */
    public enum Mode {
        /** With batch statistics and dropout; gradients follow. */
        TRAINING,
        /** With running statistics. */
        EVALUATION,
        /** With batch statistics, which are added up; without dropout and gradients. */
        ESTIMATION
    }

    public Pass(boolean training, BatchId batch, MomentsReducer moments, IntConsumer gradientsCompleteFrom) {
        this(training ? Mode.TRAINING : Mode.EVALUATION, batch, moments, gradientsCompleteFrom, LayerWatch.NONE);
    }

    /** A pass with running statistics and without gradients. */
    public static Pass evaluation() {
        return evaluation(LayerWatch.NONE);
    }

    /** The same, with a watch on the layers' outputs. */
    public static Pass evaluation(LayerWatch outputs) {
        return new Pass(Mode.EVALUATION, new BatchId(0, 0, 0, 1), MomentsReducer.LOCAL, offset -> {}, outputs);
    }

    /** A pass with batch statistics and without gradients. */
    public static Pass estimation(BatchId batch, MomentsReducer moments) {
        return new Pass(Mode.ESTIMATION, batch, moments, offset -> {}, LayerWatch.NONE);
    }

    public boolean training() {
        return mode == Mode.TRAINING;
    }

    /**
     * Which of all batches: what random numbers are drawn from, so that they do not depend on who draws them.
     *
     * @param seed the job's
     * @param step being computed, from 1
     * @param shard whose examples these are
     * @param progress part of the job's steps that were done before this one
     */
    public record BatchId(long seed, long step, int shard, double progress) {}
}
