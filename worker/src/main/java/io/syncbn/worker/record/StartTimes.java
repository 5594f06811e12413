package io.syncbn.worker.record;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * How long it takes from the command to the first committed step, part by part: {@code process} (this one runs), {@code
 * data} (opened), {@code model} (made or loaded), {@code join} (all workers are there), {@code shards} (rows decoded, their
 * statistics summed) and {@code firstStep} (committed). Used by one thread.
 */
public final class StartTimes implements RunListener {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");
    private static final String FIRST_STEP = "firstStep";
    private static final double NANOS_PER_SECOND = 1e9;

    private final LongSupplier nanoClock;
    private final long startNanos;
    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private long partNanos;

    /** @param startNanos when the command began, on the clock */
    public StartTimes(long startNanos, LongSupplier nanoClock) {
        this.startNanos = startNanos;
        this.partNanos = startNanos;
        this.nanoClock = nanoClock;
    }

    /**
     * Records the end of a part, which is the beginning of the next; only the first time, as repetitions are not part
     * of the start.
     */
    public void done(String part) {
        if (seconds.containsKey(part) || seconds.containsKey(FIRST_STEP)) {
            return;
        }
        long now = nanoClock.getAsLong();
        seconds.put(part, (now - partNanos) / NANOS_PER_SECOND);
        partNanos = now;
    }

    @Override
    public void stepped(StepRecord step) {
        if (!seconds.containsKey(FIRST_STEP)) {
            done(FIRST_STEP);
            LOG.log(Level.INFO, "from the command to the first step: {0}", this);
        }
    }

    /**
     * Seconds from the command until now: the whole job's if this process was there from its beginning, whoever wrote
     * the run meanwhile.
     */
    double sinceCommand() {
        return (nanoClock.getAsLong() - startNanos) / NANOS_PER_SECOND;
    }

    /** Seconds by part, and their {@code total}. */
    Map<String, Double> seconds() {
        Map<String, Double> all = new LinkedHashMap<>(seconds);
        all.put("total", (partNanos - startNanos) / NANOS_PER_SECOND);
        return all;
    }

    /** As in {@code process 0.61 s, data 0.20 s, total 0.81 s}. */
    @Override
    public String toString() {
        return seconds().entrySet().stream()
                .map(part -> String.format(Locale.ROOT, "%s %.2f s", part.getKey(), part.getValue()))
                .collect(Collectors.joining(", "));
    }
}
