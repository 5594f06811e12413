package io.syncbn.deploy.launch;

import java.time.Duration;
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
     * @param first before the first time; each further one of the same worker is twice as long
     * @param most before any
     */
    record Backoff(Duration first, Duration most) {}

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

    /** Counts one of the coordinator, which needs no pause because all wait for it. */
    void ofCoordinator() {
        done++;
    }

    /**
     * Counts one of a worker.
     *
     * @return how long to wait before it
     */
    Duration ofWorker(String name) {
        done++;
        int before = ofWorkers.merge(name, 1, Integer::sum) - 1;
        Duration pause = backoff.first().multipliedBy(1L << Math.min(before, Integer.SIZE - 1));
        return pause.compareTo(backoff.most()) < 0 ? pause : backoff.most();
    }
}
