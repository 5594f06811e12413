package io.syncbn.worker.session;

import java.time.Duration;

/**
 * How long a worker tries to reach the coordinator, and waits for its own training thread.
 *
 * @param connect how long it tries to reach it the first time
 * @param reconnect how long it tries after a loss
 * @param prepare how long the training thread may take for anything but training
 */
public record SessionTimeouts(Duration connect, Duration reconnect, Duration prepare) {
    /** How long a worker that was asked to leave waits to be released: half the time that it is given to end. */
    static final long LEAVE_NANOS = Duration.ofSeconds(6).toNanos();

    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(50).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    /**
     * The pause between attempts: short at first, because the coordinator may be back at once, then doubled up to a
     * second.
     */
    static long pauseNanos(int attempts) {
        return Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(attempts, 10));
    }
}
