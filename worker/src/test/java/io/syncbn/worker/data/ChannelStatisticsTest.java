package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.worker.nn.Shape;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelStatisticsTest {
    private static final Shape SHAPE = new Shape(3, 2, 3);

    /** Channel 0 far from 0 and narrow, channel 1 of any values, channel 2 constant. */
    private static InMemorySplit split(long seed, int rows) {
        Random random = new Random(seed);
        float[][] values = new float[rows][SHAPE.size()];
        for (float[] row : values) {
            for (int i = 0; i < row.length; i++) {
                row[i] = new float[] {1000 + (float) random.nextGaussian(), random.nextFloat(), 0.3f}[i % 3];
            }
        }
        return new InMemorySplit(values, new int[rows]);
    }

    @Test
    void agreesWithTwoPassesWhateverTheShards() {
        long seed = 3;
        InMemorySplit split = split(seed, 41);
        double[] total = new double[7];
        for (int shard = 0; shard < 4; shard++) {
            double[] part = ChannelStatistics.sums(split, SHAPE, new ShardRows(41, 4).of(shard));
            for (int i = 0; i < total.length; i++) {
                total[i] += part[i];
            }
        }
        ChannelStatistics statistics = ChannelStatistics.of(total);
        for (int c = 0; c < 2; c++) {
            double mean = 0;
            double variance = 0;
            for (float[] row : split.values()) {
                for (int i = c; i < row.length; i += 3) {
                    mean += row[i] / (41 * 6.0);
                }
            }
            for (float[] row : split.values()) {
                for (int i = c; i < row.length; i += 3) {
                    variance += (row[i] - mean) * (row[i] - mean) / (41 * 6.0);
                }
            }
            assertThat(statistics.mean()[c]).as("seed %d", seed).isEqualTo((float) mean);
            assertThat((double) statistics.deviation()[c]).isCloseTo(Math.sqrt(variance), within(1e-6));
        }
        assertThat(statistics.mean()[2]).isEqualTo(0.3f);
        assertThat(statistics.deviation()[2]).as("of a constant channel").isEqualTo(1);
    }

    @Test
    void anEmptyShardAddsNothing() {
        assertThat(ChannelStatistics.sums(split(1, 2), SHAPE, new int[0])).containsOnly(0);
    }

    @Test
    void normalizes() {
        float[] values = {3, 10, 5, 10};
        new ChannelStatistics(new float[] {1, 10}, new float[] {2, 1}).normalize(values);
        assertThat(values).containsExactly(1, 0, 2, 0);
    }
}
