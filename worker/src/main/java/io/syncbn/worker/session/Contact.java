package io.syncbn.worker.session;

import java.time.Duration;
import java.util.Optional;

/** Tracks whether the coordinator is reachable, and how long to keep trying. */
final class Contact {
    private final String coordinator;
    private final SessionTimeouts timeouts;

    /** The latest attempt. */
    private long connection;

    /** Whether the coordinator has answered on this connection. */
    private boolean isOpen;

    private boolean wasEverOpen;
    private long downSinceNanos;
    private String lostHow = "it does not answer";

    /** Retries since the coordinator last sent something. */
    private int attempts;

    private boolean isAttemptDue = true;

    /** @param coordinator its address, for messages */
    Contact(String coordinator, SessionTimeouts timeouts) {
        this.coordinator = coordinator;
        this.timeouts = timeouts;
    }

    /** Attempts begin now. */
    void begin(long nowNanos) {
        downSinceNanos = nowNanos;
    }

    /** Begins the attempt that was due, and returns its number. */
    long connect() {
        isAttemptDue = false;
        return ++connection;
    }

    boolean isOn(long number) {
        return number == connection;
    }

    void opened() {
        isOpen = true;
        wasEverOpen = true;
    }

    boolean isOpen() {
        return isOpen;
    }

    void heard() {
        attempts = 0;
    }

    /**
     * The coordinator counts as lost since {@code sinceNanos}. Until it answers again, failed attempts do not change
     * that.
     *
     * @return whether it was reachable until now
     */
    boolean down(long sinceNanos) {
        boolean wasOpen = isOpen;
        if (wasOpen) {
            isOpen = false;
            downSinceNanos = sinceNanos;
        }
        return wasOpen;
    }

    /** Records how the latest connection was lost, in case there is no further one. */
    void lost(String how) {
        lostHow = how;
    }

    /** What to log of a loss; empty for attempts that failed since. */
    Optional<String> newLoss() {
        return attempts == 0 && wasEverOpen
                ? Optional.of("the coordinator at " + coordinator + " was lost: " + lostHow + "; tries to join again")
                : Optional.empty();
    }

    /** The pause before the next attempt, which is not due before {@link #attemptDue}. */
    long pauseNanos() {
        isAttemptDue = false;
        return SessionTimeouts.pauseNanos(attempts++);
    }

    void attemptDue() {
        isAttemptDue = true;
    }

    boolean isAttemptDue() {
        return isAttemptDue;
    }

    /** Why attempts have ended; empty while they go on. */
    Optional<String> givenUp(long nowNanos) {
        Duration timeout = wasEverOpen ? timeouts.reconnect() : timeouts.connect();
        if (nowNanos - downSinceNanos < timeout.toNanos()) {
            return Optional.empty();
        }
        String what = wasEverOpen
                ? "the coordinator at " + coordinator + " was lost: " + lostHow
                : "no coordinator answers at " + coordinator;
        return Optional.of(what + "; tried for " + timeout.toSeconds() + " s");
    }
}
