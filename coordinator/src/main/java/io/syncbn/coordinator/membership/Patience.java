package io.syncbn.coordinator.membership;

import java.util.concurrent.TimeUnit;

/**
 * How long a coordinator waits for workers that have joined, or may join.
 *
 * @param heartbeatMillis how often a worker sends a sign of life
 * @param silenceMillis how long a worker may be silent before it counts as lost
 * @param settleMillis with enough workers, but not the most, a generation begins when nobody has joined for so long
 * @param deadlineSlackMillis how long a sum of a step may wait for parts, beside twice the median of recent steps
 * @param prepareMillis how long a worker may take to get ready for its shards, or to finish when the job ends
 */
public record Patience(
        int heartbeatMillis, int silenceMillis, int settleMillis, int deadlineSlackMillis, int prepareMillis) {
    /** Silence is several heartbeats, so that a garbage collection or a busy machine is not taken for a death. */
    private static final int HEARTBEATS_OF_SILENCE = 5;

    /** Rows may have to be read and decoded before a worker is ready: only a disk that hangs takes as long. */
    private static final int PREPARE_MILLIS = 600_000;

    private static final int DEADLINE_SLACK_MILLIS = 1800;

    public static final Patience DEFAULT = new Patience(1000, 5000, 1000);

    /** With the usual time to get ready, and the usual slack. */
    public Patience(int heartbeatMillis, int silenceMillis, int settleMillis) {
        this(heartbeatMillis, silenceMillis, settleMillis, DEADLINE_SLACK_MILLIS, PREPARE_MILLIS);
    }

    /** The default but for what a user may set. */
    public static Patience of(int silenceMillis, int deadlineSlackMillis, int prepareMillis) {
        return new Patience(
                Math.max(1, silenceMillis / HEARTBEATS_OF_SILENCE),
                silenceMillis,
                DEFAULT.settleMillis,
                deadlineSlackMillis,
                prepareMillis);
    }

    long silenceNanos() {
        return TimeUnit.MILLISECONDS.toNanos(silenceMillis);
    }

    long settleNanos() {
        return TimeUnit.MILLISECONDS.toNanos(settleMillis);
    }

    long prepareNanos() {
        return TimeUnit.MILLISECONDS.toNanos(prepareMillis);
    }
}
