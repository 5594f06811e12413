package io.syncbn.worker.record;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Where a step's wall time went, in milliseconds; the parts sum to the whole. What a shard does is the mean over this
 * worker's shards, which do it side by side.
 *
 * @param stepMillis all of it
 * @param loadMillis getting the batch
 * @param computeMillis forward and backward, handing out parts of sums, and a shard's wait for the slowest of its
 *     worker
 * @param momentsMillis waiting for moments
 * @param gradientsMillis waiting for the sum of gradients, once all shards are through with backward
 * @param commitMillis waiting for the commit, once the gradients are there
 * @param updateMillis applying the sums to the model
 */
public record StepSplit(
        double stepMillis,
        double loadMillis,
        double computeMillis,
        double momentsMillis,
        double gradientsMillis,
        double commitMillis,
        double updateMillis) {
    private static final double NANOS_PER_MILLI = 1e6;

    /** From what was measured, in nanoseconds; compute is the rest. */
    public static StepSplit ofNanos(
            long step, double load, double moments, double gradients, double commit, double update) {
        double compute = step - load - moments - gradients - commit - update;
        return new StepSplit(
                step / NANOS_PER_MILLI,
                load / NANOS_PER_MILLI,
                compute / NANOS_PER_MILLI,
                moments / NANOS_PER_MILLI,
                gradients / NANOS_PER_MILLI,
                commit / NANOS_PER_MILLI,
                update / NANOS_PER_MILLI);
    }

    /** All waiting for other workers. */
    @JsonProperty
    public double syncMillis() {
        return momentsMillis + gradientsMillis + commitMillis;
    }
}
