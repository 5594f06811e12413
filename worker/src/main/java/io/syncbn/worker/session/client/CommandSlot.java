package io.syncbn.worker.session.client;

import io.syncbn.worker.session.SessionEffect;
import java.util.Optional;

/** Holds the training thread's next command: at most one, which a newer one replaces. Thread-safe. */
final class CommandSlot {
    private SessionEffect.Do next;
    private boolean isClosed;

    synchronized void put(SessionEffect.Do command) {
        next = command;
        notifyAll();
    }

    /** Announces that there will be no more commands. */
    synchronized void close() {
        isClosed = true;
        notifyAll();
    }

    /** Waits for a command; empty when there will be no more. */
    synchronized Optional<SessionEffect.Do> take() throws InterruptedException {
        while (next == null && !isClosed) {
            wait();
        }
        SessionEffect.Do taken = isClosed ? null : next;
        next = null;
        return Optional.ofNullable(taken);
    }
}
