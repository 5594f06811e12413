package io.syncbn.coordinator.pace;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * For how long a sum of a step may wait for parts: learned from recent steps. Belongs to one thread.
 *
 * <p>Twice the median and a slack, which is 1.8 s if nobody says otherwise: as others may be a step ahead of one that stops,
 * and time is looked at ten times a second, a worker that stops is then found within three usual steps and 2 s.
 */
public final class Deadline {
    private static final int STEPS_REMEMBERED = 31;
    private static final long TIMES_MEDIAN = 2;

    /** Until so many steps of a generation are known, for which shards are dealt anew and code may not be compiled yet: */
    private static final int STEPS_TO_LEARN = 5;

    private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** For sums outside steps: their parts take as long as a worker's share of the data, which nobody here knows. */
    private static final long OUTSIDE_STEPS_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final long slackNanos;
    private final Deque<Long> recentNanos = new ArrayDeque<>();
    private int stepsOfGeneration;
    /** Nothing that this process did not see counts. */
    private long awakeSinceNanos;

    public Deadline(long slackNanos) {
        this.slackNanos = slackNanos;
    }

    /** A generation begins. */
    public void begin(long nowNanos) {
        stepsOfGeneration = 0;
        awakeSinceNanos = nowNanos;
    }

    /** This process stood still: parts may wait unread. */
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

    /** For how long a sum may wait now. */
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

    /** Whether a sum whose first part came at that time has waited for too long. */
    public boolean isOver(boolean isOfStep, long openedNanos, long nowNanos) {
        return waitedNanos(openedNanos, nowNanos) > limitNanos(isOfStep);
    }

    /** For how long a sum has waited. */
    public long waitedNanos(long openedNanos, long nowNanos) {
        return nowNanos - Math.max(openedNanos, awakeSinceNanos);
    }
}
