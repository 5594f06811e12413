package io.syncbn.worker.nn.norm;

import io.syncbn.worker.kernels.ChannelKernels;
import io.syncbn.worker.kernels.Rows;

/**
 * Mean and variance of every group, from sums over its numbers. σ² = E[x²] − E[x]² in float64: float32 loses the
 * variance when the mean is large beside the deviation.
 *
 * <p>A group is a block of examples times a group of channels. Each channel is summed by itself, then the channels of a
 * group, in their order.
 */
final class GroupMoments {
    private final NormGroups groups;
    private final double epsilon;
    private final double[] sums;
    private final double[] squares;

    /** By block. */
    private final double[] numbers;

    /** By block and channel, as the two below: a group's for each of its channels, so that no loop divides. */
    private final double[] means;

    /** Biased. */
    private final double[] variances;

    private final double[] inverseDeviations;

    /** @param maxExamples of a batch */
    GroupMoments(NormGroups groups, double epsilon, int maxExamples) {
        this.groups = groups;
        this.epsilon = epsilon;
        this.sums = new double[groups.channels()];
        this.squares = new double[groups.channels()];
        int blocks = groups.blocks(maxExamples);
        this.numbers = new double[blocks];
        this.means = new double[Math.multiplyExact(blocks, groups.channels())];
        this.variances = new double[means.length];
        this.inverseDeviations = new double[means.length];
    }

    /** Count, then Σx, then Σx² of each group of channels, over some rows. */
    double[] part(ChannelKernels kernels, float[] x, Rows rows) {
        kernels.moments(x, rows, sums, squares);
        double[] part = new double[1 + 2 * groups.channelGroups()];
        part[0] = (double) rows.count() * groups.channelsPerGroup();
        sumOfGroups(sums, part, 1);
        sumOfGroups(squares, part, 1 + groups.channelGroups());
        return part;
    }

    /** Adds up the channels of each group. */
    void sumOfGroups(double[] ofChannels, double[] sum, int offset) {
        int width = groups.channelsPerGroup();
        for (int g = 0, c = 0; g < groups.channelGroups(); g++) {
            double ofGroup = 0;
            for (int end = c + width; c < end; c++) {
                ofGroup += ofChannels[c];
            }
            sum[offset + g] = ofGroup;
        }
    }

    /** Takes the finished sums of a block; statistics are zeros without numbers. */
    void take(int block, double[] total) {
        int of = groups.channelGroups();
        int width = groups.channelsPerGroup();
        numbers[block] = total[0];
        for (int g = 0, i = block * groups.channels(); g < of; g++) {
            double mean = total[0] == 0 || !groups.centered() ? 0 : total[1 + g] / total[0];
            double variance = total[0] == 0 ? 0 : Math.max(0, total[1 + of + g] / total[0] - mean * mean);
            double inverseDeviation = 1 / Math.sqrt(variance + epsilon);
            for (int end = i + width; i < end; i++) {
                means[i] = mean;
                variances[i] = variance;
                inverseDeviations[i] = inverseDeviation;
            }
        }
    }

    /** Numbers of each group of a block. */
    double numbers(int block) {
        return numbers[block];
    }

    double mean(int block, int channel) {
        return means[index(block, channel)];
    }

    double variance(int block, int channel) {
        return variances[index(block, channel)];
    }

    double inverseDeviation(int block, int channel) {
        return inverseDeviations[index(block, channel)];
    }

    private int index(int block, int channel) {
        return block * groups.channels() + channel;
    }
}
