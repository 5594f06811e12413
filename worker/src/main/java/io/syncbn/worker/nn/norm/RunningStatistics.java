package io.syncbn.worker.nn.norm;

import java.util.OptionalDouble;

/** How running statistics follow those of batches. */
public final class RunningStatistics {
    private RunningStatistics() {}

    /**
     * new = (1 − m)·old + m·batch, in PyTorch's sense of momentum; computed in float64, kept in float32.
     *
     * @param batch statistics of the step's batch, in the same layout
     * @param momentum m; empty for 1/{@code batchesTracked}, the mean of all batches
     * @param batchesTracked how many batches there were, with this one; from 1
     * @return the new statistics; the old ones stay
     */
    public static float[] update(float[] old, double[] batch, OptionalDouble momentum, long batchesTracked) {
        if (old.length != batch.length || batchesTracked < 1) {
            throw new IllegalArgumentException(
                    batch.length + " statistics of batch " + batchesTracked + " for " + old.length + " running ones");
        }
        double weight = momentum.orElse(1.0 / batchesTracked);
        float[] updated = new float[old.length];
        for (int i = 0; i < old.length; i++) {
            updated[i] = (float) ((1 - weight) * old[i] + weight * batch[i]);
        }
        return updated;
    }
}
