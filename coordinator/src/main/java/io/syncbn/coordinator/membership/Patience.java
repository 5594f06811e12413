package io.syncbn.coordinator.membership;

import java.util.concurrent.TimeUnit;

/**
 * How long a coordinator waits for workers that have joined, or may join.
 *
 * @param heartbeatMillis how often a worker sends a sign of life
 * @param silenceMillis how long a worker may be silent before it counts as lost
 * @param settleMillis with enough workers, but not the most, a generation begins when nobody has joined for so long
 */
public record Patience(int heartbeatMillis, int silenceMillis, int settleMillis) {
    /** Silence is several heartbeats, so that a garbage collection or a busy machine is not taken for a death. */
    public static final Patience DEFAULT = new Patience(1000, 5000, 1000);

    long silenceNanos() {
        return TimeUnit.MILLISECONDS.toNanos(silenceMillis);
    }

    long settleNanos() {
        return TimeUnit.MILLISECONDS.toNanos(settleMillis);
    }
}
