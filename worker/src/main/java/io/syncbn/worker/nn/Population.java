package io.syncbn.worker.nn;

import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.util.Arrays;

/**
 * What estimation passes add up: count, Σx and Σx² of the numbers that each tracked channel is normalized over, of this
 * shard's examples. Belongs to the shard's thread.
 */
public final class Population {
    private final ParameterLayout layout;
    /** By the layout's entries. */
    private final double[] counts;
    /** Σx in the place of means, Σx² in the place of variances. */
    private final double[] sums;

    Population(ParameterLayout layout) {
        this.layout = layout;
        this.counts = new double[layout.entries().size()];
        this.sums = new double[layout.size()];
    }

    /** Starts over. */
    public void clear() {
        Arrays.fill(counts, 0);
        Arrays.fill(sums, 0);
    }

    /**
     * Adds the numbers of a batch.
     *
     * @param offset of the running mean that {@link LayerScope#statistic} gave, or of the running variance
     * @param count of numbers, for each channel
     * @param ofBatch Σx, or Σx², one for each channel
     */
    public void add(int offset, double count, double[] ofBatch) {
        for (int i = 0; i < counts.length; i++) {
            if (layout.entries().get(i).offset() == offset) {
                counts[i] += count;
            }
        }
        for (int c = 0; c < ofBatch.length; c++) {
            sums[offset + c] += ofBatch[c];
        }
    }

    /** All of it in one array, to be summed over shards. */
    public double[] pack() {
        double[] packed = Arrays.copyOf(counts, counts.length + sums.length);
        System.arraycopy(sums, 0, packed, counts.length, sums.length);
        return packed;
    }

    /**
     * The population's means and biased variances, σ² = E[x²] − E[x]².
     *
     * @param packed sum over all shards
     * @param layout of the running statistics, each variance behind its mean
     * @param running what a statistic that no layer has added to stays at
     * @return laid out as running statistics
     */
    public static float[] statistics(double[] packed, ParameterLayout layout, float[] running) {
        float[] statistics = running.clone();
        int entries = layout.entries().size();
        for (int i = 0; i < entries; i++) {
            Entry entry = layout.entries().get(i);
            if (packed[i] == 0) {
                continue;
            }
            for (int c = 0; c < entry.size(); c++) {
                double value = packed[entries + entry.offset() + c] / packed[i];
                if (entry.role() == Role.RUNNING_VARIANCE) {
                    Entry mean = layout.entries().get(i - 1);
                    double ofMean = packed[entries + mean.offset() + c] / packed[i];
                    value = Math.max(0, value - ofMean * ofMean);
                }
                statistics[entry.offset() + c] = (float) value;
            }
        }
        return statistics;
    }
}
