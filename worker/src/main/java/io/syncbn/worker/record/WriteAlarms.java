package io.syncbn.worker.record;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Raises an alarm when part of a run cannot be written, as on a full disk, and reports when it can again. Each failure
 * is counted; the first in a row and the recovery are logged. Thread-safe.
 */
public final class WriteAlarms {

    /** What is written as training goes on. */
    public enum Part {
        CHECKPOINT,
        METRICS,
        LISTENER
    }

    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private final Consumer<Part> counter;
    private final Set<Part> failing = ConcurrentHashMap.newKeySet();

    /** @param counter told of every failure */
    public WriteAlarms(Consumer<Part> counter) {
        this.counter = counter;
    }

    /** Counts a failure that is logged elsewhere. */
    void count(Part part) {
        counter.accept(part);
    }

    /** @param message names the file and the reason */
    void failed(Part part, String message) {
        counter.accept(part);
        if (failing.add(part)) {
            LOG.log(Level.ERROR, message);
        }
    }

    /** @param what was written */
    void worked(Part part, Object what) {
        if (failing.remove(part)) {
            LOG.log(Level.INFO, "writing works again: " + what);
        }
    }
}
