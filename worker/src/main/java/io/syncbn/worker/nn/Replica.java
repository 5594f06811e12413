package io.syncbn.worker.nn;

/**
 * A worker's copy of the model's state, common to its shards.
 *
 * <p>Arrays are read by the shards' threads during a step and written by one thread between steps.
 *
 * @param parameters layout of {@code weights}
 * @param weights all trainable parameters, flat
 * @param statistics layout of {@code runningStatistics}: for each normalization layer that tracks, its
 *     {@code NAME.running_mean}, then its {@code NAME.running_var}
 * @param runningStatistics flat
 */
public record Replica(
        ParameterLayout parameters, float[] weights, ParameterLayout statistics, float[] runningStatistics) {

    /** The same statistics with other weights. */
    public Replica withWeights(float[] others) {
        return new Replica(parameters, others, statistics, runningStatistics);
    }

    /** The same weights with other statistics. */
    public Replica withStatistics(float[] others) {
        return new Replica(parameters, weights, statistics, others);
    }
}
