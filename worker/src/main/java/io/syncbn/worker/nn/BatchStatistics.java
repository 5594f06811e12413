package io.syncbn.worker.nn;

import io.syncbn.worker.nn.ParameterLayout.Entry;
import java.util.Arrays;

/**
 * What a training pass leaves for the running statistics: the statistics of its batch. Belongs to the shard's thread.
 *
 * <p>Running statistics take in the mean over all that speak: over shards, or over normalization groups where a sum over
 * shards gave the statistics.
 */
public final class BatchStatistics {

    /** Who speaks for an array of statistics. */
    private enum Speaker {
        NOBODY,
        SHARD,
        FIRST_OF_GROUP
    }

    private final ParameterLayout layout;
    private final double[] values;
    private final Speaker[] speakers;

    BatchStatistics(ParameterLayout layout) {
        this.layout = layout;
        this.values = new double[layout.size()];
        this.speakers = new Speaker[layout.entries().size()];
        clear();
    }

    /** Before a pass: nothing is left. */
    void clear() {
        Arrays.fill(speakers, Speaker.NOBODY);
    }

    /**
     * Leaves the values of one running statistic; not called if there was no example.
     *
     * @param offset that {@link LayerScope#statistic} gave
     * @param ofBatch one for each channel
     * @param overShards whether they come from a sum over shards, so that all shards of the normalization group leave
     *     the same
     */
    public void leave(int offset, double[] ofBatch, boolean overShards) {
        System.arraycopy(ofBatch, 0, values, offset, ofBatch.length);
        for (int i = 0; i < speakers.length; i++) {
            if (layout.entries().get(i).offset() == offset) {
                speakers[i] = overShards ? Speaker.FIRST_OF_GROUP : Speaker.SHARD;
            }
        }
    }

    /**
     * For how many this shard speaks, 0 or 1, of each running statistic.
     *
     * @param isFirstOfGroup whether the shard is the first of its normalization group
     */
    public double[] speakers(boolean isFirstOfGroup) {
        return Arrays.stream(speakers)
                .mapToDouble(speaker -> speaks(speaker, isFirstOfGroup) ? 1 : 0)
                .toArray();
    }

    /** The values for which it speaks, laid out as running statistics; zeros in the place of others. */
    public double[] spoken(boolean isFirstOfGroup) {
        double[] spoken = new double[values.length];
        for (int i = 0; i < speakers.length; i++) {
            if (speaks(speakers[i], isFirstOfGroup)) {
                Entry entry = layout.entries().get(i);
                System.arraycopy(values, entry.offset(), spoken, entry.offset(), entry.size());
            }
        }
        return spoken;
    }

    private static boolean speaks(Speaker speaker, boolean isFirstOfGroup) {
        return speaker == Speaker.SHARD || speaker == Speaker.FIRST_OF_GROUP && isFirstOfGroup;
    }
}
