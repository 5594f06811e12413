package io.syncbn.deploy.launch;

import java.util.HashMap;
import java.util.Map;

/** How often killed processes are started again in a job, and how soon. Decides; does nothing. */
final class Restarts {
    private final int most;
    private final Backoff backoff;
    private final Map<String, Integer> ofWorkers = new HashMap<>();
    private int done;

    /**
     * Pauses before a worker is started again: one that is killed as soon as it runs must not keep the machine busy.
     *
     * @param firstMillis before the first time; each further one of the same worker is twice as long
     * @param mostMillis before any
     */
    record Backoff(long firstMillis, long mostMillis) {}

    /** @param most in a job */
    Restarts(int most, Backoff backoff) {
        this.most = most;
        this.backoff = backoff;
    }

    boolean isLeft() {
        return done < most;
    }

    /** How many there have been, and may be. */
    String inWords() {
        return most == Integer.MAX_VALUE ? "restart " + done : "restart " + done + " of " + most;
    }

    /** Counts one of the coordinator, for which all wait. */
    void ofCoordinator() {
        done++;
    }

    /**
     * Counts one of a worker.
     *
     * @return milliseconds to wait before it
     */
    long ofWorker(String name) {
        done++;
        int before = ofWorkers.merge(name, 1, Integer::sum) - 1;
        return Math.min(backoff.mostMillis(), backoff.firstMillis() << Math.min(before, Integer.SIZE - 1));
    }
}
