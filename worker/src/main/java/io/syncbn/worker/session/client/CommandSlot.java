package io.syncbn.worker.session.client;

import io.syncbn.worker.session.SessionEffect;
import java.util.Optional;

/** Where the training thread finds its next command. Holds one: a newer command replaces it. Thread-safe. */
final class CommandSlot {
    private SessionEffect.Do next;
    private boolean isClosed;

    synchronized void put(SessionEffect.Do command) {
        next = command;
        notifyAll();
    }

    /** There will be no more commands. */
    synchronized void close() {
        isClosed = true;
        notifyAll();
    }

    /** Waits for a command; empty when there will be none any more. */
    synchronized Optional<SessionEffect.Do> take() throws InterruptedException {
        while (next == null && !isClosed) {
            wait();
        }
        SessionEffect.Do taken = isClosed ? null : next;
        next = null;
        return Optional.ofNullable(taken);
    }
}
