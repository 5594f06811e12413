package io.syncbn.worker.nn.norm;

import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.ShardMemory;
import java.util.Arrays;

/**
 * Running means and variances, for evaluation; or none. A training pass only stores the statistics of its batch:
 * running ones change when the step commits.
 *
 * @param meanOffset of the running mean in the statistics, or {@link #ABSENT}
 * @param varianceOffset of the running variance
 * @param unbiased whether the running variance takes n/(n−1) times the batch's
 * @param frozenFrom the first step that is normalized by running statistics, and leaves them unchanged
 */
record TrackedStatistics(int meanOffset, int varianceOffset, boolean unbiased, long frozenFrom) {
    private static final int ABSENT = -1;

    static final TrackedStatistics NONE = new TrackedStatistics(ABSENT, ABSENT, false, Long.MAX_VALUE);

    /** Registers {@code NAME.running_mean} and {@code NAME.running_var}, as in PyTorch. */
    static TrackedStatistics register(LayerScope scope, boolean unbiased, long frozenFrom) {
        return new TrackedStatistics(
                scope.statistic("running_mean", Role.RUNNING_MEAN),
                scope.statistic("running_var", Role.RUNNING_VARIANCE),
                unbiased,
                frozenFrom);
    }

    boolean isTracked() {
        return meanOffset != ABSENT;
    }

    /** Whether a pass normalizes by them. */
    boolean normalize(Pass pass) {
        return isTracked()
                && (pass.mode() == Pass.Mode.EVALUATION
                        || pass.training() && pass.batch().step() >= frozenFrom);
    }

    /** Leaves a batch's statistics for the commit: the mean over its blocks. */
    void leave(GroupMoments batch, NormGroups groups, int blocks, ShardMemory memory) {
        if (!isTracked() || blocks == 0 || batch.numbers(0) == 0) {
            return;
        }
        double[] means = new double[groups.channels()];
        double[] variances = new double[groups.channels()];
        for (int block = 0; block < blocks; block++) {
            double numbers = batch.numbers(block);
            double factor = unbiased && numbers > 1 ? numbers / (numbers - 1) : 1;
            for (int c = 0; c < means.length; c++) {
                means[c] += batch.mean(block, c) / blocks;
                variances[c] += batch.variance(block, c) * factor / blocks;
            }
        }
        memory.batchStatistics().leave(meanOffset, means, groups.isOverShards());
        memory.batchStatistics().leave(varianceOffset, variances, groups.isOverShards());
    }

    /** Adds a block's sums, as {@link GroupMoments#part} gives them, to the population's. */
    void add(double[] part, NormGroups groups, ShardMemory memory) {
        if (!isTracked()) {
            return;
        }
        double[] sums = new double[groups.channels()];
        double[] squares = new double[groups.channels()];
        for (int c = 0; c < sums.length; c++) {
            int group = c / groups.channelsPerGroup();
            sums[c] = part[1 + group];
            squares[c] = part[1 + groups.channelGroups() + group];
        }
        memory.population().add(meanOffset, part[0], sums);
        memory.population().add(varianceOffset, part[0], squares);
    }

    /** Running means of all channels. */
    float[] means(ShardMemory memory, int channels) {
        return Arrays.copyOfRange(memory.runningStatistics(), meanOffset, meanOffset + channels);
    }

    /** Running variances of all channels. */
    float[] variances(ShardMemory memory, int channels) {
        return Arrays.copyOfRange(memory.runningStatistics(), varianceOffset, varianceOffset + channels);
    }

    float mean(ShardMemory memory, int c) {
        return memory.runningStatistics()[meanOffset + c];
    }

    float variance(ShardMemory memory, int c) {
        return memory.runningStatistics()[varianceOffset + c];
    }
}
