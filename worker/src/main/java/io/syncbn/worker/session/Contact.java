package io.syncbn.worker.session;

import java.time.Duration;
import java.util.Optional;

/** Since when the coordinator is there, or is not, and how long it is tried. */
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

    /** Since the coordinator last sent something. */
    private int attempts;

    private boolean isAttemptDue = true;

    /** @param coordinator how people call it: its address */
    Contact(String coordinator, SessionTimeouts timeouts) {
        this.coordinator = coordinator;
        this.timeouts = timeouts;
    }

    /** From now on it is tried. */
    void begin(long nowNanos) {
        downSinceNanos = nowNanos;
    }

    /** Begins the attempt that was due, and gives its number. */
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
     * The coordinator counts as lost since then. Until it answers again, later losses of attempts change nothing.
     *
     * @return whether it was there until now
     */
    boolean down(long sinceNanos) {
        boolean wasOpen = isOpen;
        if (wasOpen) {
            isOpen = false;
            downSinceNanos = sinceNanos;
        }
        return wasOpen;
    }

    /** How the latest connection was lost, for the case that it was the last. */
    void lost(String how) {
        lostHow = how;
    }

    /** What to tell people of a loss; nothing of attempts that failed since. */
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

    /** Why it is tried no longer; empty while it is. */
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
