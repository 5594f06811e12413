package io.syncbn.coordinator.pace;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * How long a sum of a step may wait for parts, learned from recent steps. Belongs to one thread.
 *
 * <p>The limit is twice the median step plus a slack, 1.8 s by default. The others may be a step ahead of a worker that
 * stops, and the clock is read ten times a second, so such a worker is found within three usual steps and 2 s.
 */
public final class Deadline {
    private static final int STEPS_REMEMBERED = 31;
    private static final long TIMES_MEDIAN = 2;

    /**
     * Before this many steps of a generation, {@link #UNKNOWN_NANOS} applies: shards are new and code may not be
     * compiled yet.
     */
    private static final int STEPS_TO_LEARN = 5;

    private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** For sums outside steps: their parts take as long as a worker's share of the data, whose size is unknown here. */
    private static final long OUTSIDE_STEPS_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final long slackNanos;
    private final Deque<Long> recentNanos = new ArrayDeque<>();
    private int stepsOfGeneration;
    /** Waiting counts only from here on: this process last began a generation, or woke up, at this time. */
    private long awakeSinceNanos;

    public Deadline(long slackNanos) {
        this.slackNanos = slackNanos;
    }

    /** A generation begins. */
    public void begin(long nowNanos) {
        stepsOfGeneration = 0;
        awakeSinceNanos = nowNanos;
    }

    /** This process stood still: parts may have arrived and be unread. */
    public void stoodStill(long nowNanos) {
        awakeSinceNanos = nowNanos;
    }

    public void committed(long stepNanos) {
        stepsOfGeneration++;
        recentNanos.add(stepNanos);
        if (recentNanos.size() > STEPS_REMEMBERED) {
            recentNanos.remove();
        }
    }

    /** How long a sum may wait now. */
    public long limitNanos(boolean isOfStep) {
        return isOfStep ? limitNanos() : OUTSIDE_STEPS_NANOS;
    }

    private long limitNanos() {
        if (stepsOfGeneration < STEPS_TO_LEARN) {
            return Math.max(UNKNOWN_NANOS, slackNanos);
        }
        long median = recentNanos.stream()
                .sorted()
                .skip(recentNanos.size() / 2)
                .findFirst()
                .orElseThrow();
        return TIMES_MEDIAN * median + slackNanos;
    }

    /** Whether a sum whose first part arrived at {@code openedNanos} has waited for too long. */
    public boolean isOver(boolean isOfStep, long openedNanos, long nowNanos) {
        return waitedNanos(openedNanos, nowNanos) > limitNanos(isOfStep);
    }

    /** How long a sum has waited. */
    public long waitedNanos(long openedNanos, long nowNanos) {
        return nowNanos - Math.max(openedNanos, awakeSinceNanos);
    }
}
