package io.syncbn.worker.nn.norm;

import io.syncbn.worker.kernels.Rows;
import io.syncbn.worker.nn.MomentsReducer;
import io.syncbn.worker.nn.MomentsReducer.Direction;
import io.syncbn.worker.nn.Pass;
import io.syncbn.worker.nn.ShardMemory;
import io.syncbn.worker.nn.Tensor;

/**
 * Mean and variance of each channel over the rows of a normalization group, from sums over its shards. σ² = E[x²] −
 * E[x]² in float64: float32 loses the variance when the mean is large beside the deviation.
 */
final class BatchStatistics {
    private final int number;
    private final int channels;
    private final double[] sums;
    private final double[] squares;
    private final double[] mean;
    /** Biased. */
    private final double[] variance;

    private double groupRows;

    /** @param number of the layer, for sums over shards */
    BatchStatistics(int number, int channels) {
        this.number = number;
        this.channels = channels;
        this.sums = new double[channels];
        this.squares = new double[channels];
        this.mean = new double[channels];
        this.variance = new double[channels];
    }

    /** Starts the sum of the group's moments. */
    MomentsReducer.Pending start(Tensor x, Pass pass, ShardMemory memory) {
        memory.kernels().moments(x.values(), new Rows(0, x.rows(), channels), sums, squares);
        double[] part = new double[1 + 2 * channels];
        part[0] = x.rows();
        System.arraycopy(sums, 0, part, 1, channels);
        System.arraycopy(squares, 0, part, 1 + channels, channels);
        return pass.moments().start(Direction.FORWARD, number, part);
    }

    /** Takes the finished sum; statistics are zeros for a group without rows. */
    void take(double[] total) {
        groupRows = total[0];
        for (int c = 0; c < channels; c++) {
            mean[c] = groupRows == 0 ? 0 : total[1 + c] / groupRows;
            variance[c] = groupRows == 0 ? 0 : Math.max(0, total[1 + channels + c] / groupRows - mean[c] * mean[c]);
        }
    }

    /** Starts the sum of the two sums that dx needs. */
    MomentsReducer.Pending startBackward(double[] gradientSums, double[] gradientProducts, Pass pass) {
        double[] part = new double[2 * channels];
        System.arraycopy(gradientSums, 0, part, 0, channels);
        System.arraycopy(gradientProducts, 0, part, channels, channels);
        return pass.moments().start(Direction.BACKWARD, number, part);
    }

    double[] mean() {
        return mean;
    }

    double[] variance() {
        return variance;
    }

    /** Rows of the whole group, in the last sum. */
    double groupRows() {
        return groupRows;
    }
}
