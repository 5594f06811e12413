package io.syncbn.worker.nn.norm;

import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.ShardMemory;

/**
 * Running means and variances, for evaluation; or none. A training pass only stores the statistics of its batch:
 * running ones change when the step commits.
 *
 * @param meanOffset of the running mean in the statistics, the running variance follows it; or {@link #ABSENT}
 * @param unbiased whether the running variance takes n/(n−1) times the batch's
 */
record TrackedStatistics(int meanOffset, boolean unbiased) {
    private static final int ABSENT = -1;

    /** Registers {@code NAME.running_mean} and {@code NAME.running_var}, as in PyTorch, if there are to be any. */
    static TrackedStatistics register(LayerScope scope, boolean tracked, boolean unbiased) {
        if (!tracked) {
            return new TrackedStatistics(ABSENT, unbiased);
        }
        int mean = scope.statistic("running_mean", Role.RUNNING_MEAN);
        scope.statistic("running_var", Role.RUNNING_VARIANCE);
        return new TrackedStatistics(mean, unbiased);
    }

    boolean isTracked() {
        return meanOffset != ABSENT;
    }

    /** Leaves a batch's statistics for the commit. */
    void leave(BatchStatistics batch, ShardMemory memory) {
        double groupRows = batch.groupRows();
        double factor = unbiased && groupRows > 1 ? groupRows / (groupRows - 1) : 1;
        double[] left = memory.batchStatistics();
        int channels = batch.mean().length;
        for (int c = 0; c < channels; c++) {
            left[meanOffset + c] = batch.mean()[c];
            left[meanOffset + channels + c] = batch.variance()[c] * factor;
        }
    }

    float mean(ShardMemory memory, int c) {
        return memory.runningStatistics()[meanOffset + c];
    }

    float variance(ShardMemory memory, int channels, int c) {
        return memory.runningStatistics()[meanOffset + channels + c];
    }
}
