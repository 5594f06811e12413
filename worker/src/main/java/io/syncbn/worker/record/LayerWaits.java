package io.syncbn.worker.record;

import java.util.List;
import java.util.stream.LongStream;

/**
 * How long a step waited for moments, by normalization layer.
 *
 * @param forward nanoseconds, in the order of the model's layers; the mean over a worker's shards
 * @param backward the same
 */
public record LayerWaits(long[] forward, long[] backward) {

    /** No waits, of so many layers. */
    public static LayerWaits none(int layers) {
        return new LayerWaits(new long[layers], new long[layers]);
    }

    /** Sum of all, in nanoseconds. */
    public long total() {
        return LongStream.concat(LongStream.of(forward), LongStream.of(backward))
                .sum();
    }

    /** The mean of several; all 0 if there are none. */
    public static LayerWaits mean(List<LayerWaits> several, int layers) {
        LayerWaits mean = none(layers);
        several.forEach(mean::add);
        divide(mean.forward, Math.max(1, several.size()));
        divide(mean.backward, Math.max(1, several.size()));
        return mean;
    }

    private static void divide(long[] sums, int by) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] /= by;
        }
    }

    /** Adds others to these. */
    void add(LayerWaits others) {
        add(forward, others.forward);
        add(backward, others.backward);
    }

    private static void add(long[] sums, long[] others) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += others[i];
        }
    }
}
