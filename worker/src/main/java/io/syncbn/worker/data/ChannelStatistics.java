package io.syncbn.worker.data;

import io.syncbn.worker.nn.Shape;

/**
 * Mean and standard deviation of every channel of the training data, by which all data is normalized. Each shard sums its
 * own rows; the sums of all shards go through the reduction tree, so that the result does not depend on who holds which.
 *
 * @param mean one a channel
 * @param deviation one a channel; 1 for a channel that never varies
 */
public record ChannelStatistics(float[] mean, float[] deviation) {
    /** Share of E[x²] below which a variance is nothing but rounding. */
    private static final double ROUNDING = 1e-12;

    /**
     * A shard's part: count of pixels, then the sum of each channel, then of its squares.
     *
     * @return 1 + 2C numbers
     */
    public static double[] sums(Dataset.Split split, Shape shape, int[] rows) {
        int channels = shape.channels();
        double[] sums = new double[1 + 2 * channels];
        float[] values = new float[shape.size()];
        for (int row : rows) {
            split.read(row, values, 0);
            for (int i = 0; i < values.length; i += channels) {
                for (int c = 0; c < channels; c++) {
                    double value = values[i + c];
                    sums[1 + c] += value;
                    sums[1 + channels + c] += value * value;
                }
            }
        }
        sums[0] = (double) rows.length * shape.pixels();
        return sums;
    }

    /** The statistics of all rows, from the total of the parts. */
    public static ChannelStatistics of(double[] total) {
        int channels = (total.length - 1) / 2;
        double count = total[0];
        if (total.length != 1 + 2 * channels || !(count >= 1)) {
            throw new IllegalArgumentException("no statistics of " + total.length + " sums over " + count + " pixels");
        }
        float[] mean = new float[channels];
        float[] deviation = new float[channels];
        for (int c = 0; c < channels; c++) {
            double first = total[1 + c] / count;
            double second = total[1 + channels + c] / count;
            double variance = second - first * first;
            mean[c] = (float) first;
            deviation[c] = variance > ROUNDING * second ? (float) Math.sqrt(variance) : 1;
        }
        return new ChannelStatistics(mean, deviation);
    }

    /** Makes (value − mean) / deviation of H × W × C values, in place. */
    void normalize(float[] values) {
        for (int i = 0; i < values.length; i += mean.length) {
            for (int c = 0; c < mean.length; c++) {
                values[i + c] = (values[i + c] - mean[c]) / deviation[c];
            }
        }
    }
}
