package io.syncbn.coordinator.membership;

import java.util.concurrent.TimeUnit;

/**
 * What membership is judged by, fixed for a job.
 *
 * @param fingerprint of the coordinator's job
 * @param shards S
 * @param workers how many the job waits for, at most {@code shards}
 * @param joinTimeoutNanos how long it waits for them
 * @param heartbeatMillis how often a worker sends a sign of life
 * @param silenceMillis how long a worker may be silent before it counts as lost
 */
public record Rules(
        String fingerprint, int shards, int workers, long joinTimeoutNanos, int heartbeatMillis, int silenceMillis) {

    long silenceNanos() {
        return TimeUnit.MILLISECONDS.toNanos(silenceMillis);
    }

    long joinTimeoutSeconds() {
        return TimeUnit.NANOSECONDS.toSeconds(joinTimeoutNanos);
    }
}
