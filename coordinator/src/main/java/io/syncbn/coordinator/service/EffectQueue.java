package io.syncbn.coordinator.service;

import io.syncbn.coordinator.membership.Effect;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Effects of decisions, carried out in order, one at a time. While one waits for the journal, those after it wait too;
 * decisions, sums and heartbeats do not. Belongs to the event loop.
 */
final class EffectQueue {
    private final Consumer<Effect> carryOut;
    private final Deque<Effect> due = new ArrayDeque<>();
    private boolean isCarryingOut;
    private boolean isPaused;
    private long pauses;
    private long pausedNanos;

    EffectQueue(Consumer<Effect> carryOut) {
        this.carryOut = carryOut;
    }

    /** Adds a decision's effects. A job that has failed no longer waits for the journal. */
    void add(List<Effect> effects) {
        due.addAll(effects);
        if (effects.stream().anyMatch(Effect.Fail.class::isInstance)) {
            isPaused = false;
        }
        goOn();
    }

    /** @return resumes with the effects after the present one */
    Runnable pause(long nowNanos) {
        isPaused = true;
        pausedNanos = nowNanos;
        long number = ++pauses;
        return () -> {
            if (number == pauses) {
                resume();
            }
        };
    }

    void resume() {
        isPaused = false;
        goOn();
    }

    boolean isPaused() {
        return isPaused;
    }

    /** Whether effects have waited for longer than {@code nanos}. */
    boolean isPausedLongerThan(long nanos, long nowNanos) {
        return isPaused && nowNanos - pausedNanos > nanos;
    }

    /** Effects added while one is carried out come after those already due. */
    private void goOn() {
        if (isCarryingOut) {
            return;
        }
        isCarryingOut = true;
        try {
            while (!isPaused && !due.isEmpty()) {
                carryOut.accept(due.remove());
            }
        } finally {
            isCarryingOut = false;
        }
    }
}
