package io.syncbn.worker.record;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Tells when a checkpoint is due by time, whatever the number of steps. */
public final class CheckpointTimer {
    private final long everyNanos;
    private final LongSupplier nanoClock;
    private long lastNanos;

    /** @param every zero: never */
    public CheckpointTimer(Duration every, LongSupplier nanoClock) {
        this.everyNanos = every.toNanos();
        this.nanoClock = nanoClock;
        lastNanos = nanoClock.getAsLong();
    }

    public boolean isDue() {
        return everyNanos > 0 && nanoClock.getAsLong() - lastNanos >= everyNanos;
    }

    /** Restarts the interval: a checkpoint has just been taken. */
    public void restart() {
        lastNanos = nanoClock.getAsLong();
    }
}
