package io.syncbn.worker.session;

import java.time.Duration;

/**
 * How long a worker tries to reach the coordinator.
 *
 * @param firstNanos before it has ever reached it
 * @param againNanos after it has lost it
 */
public record Patience(long firstNanos, long againNanos) {
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(50).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    public static Patience of(Duration first, Duration again) {
        return new Patience(first.toNanos(), again.toNanos());
    }

    /** Between attempts: short at first, because the coordinator may be back at once, then doubled up to a second. */
    static long pauseNanos(int attempts) {
        return Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(attempts, 10));
    }
}
