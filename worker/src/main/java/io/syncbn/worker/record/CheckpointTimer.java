package io.syncbn.worker.record;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Whether it is so long since the last checkpoint that one is due, whatever the number of steps. */
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

    /** There is a checkpoint of now. */
    public void restart() {
        lastNanos = nanoClock.getAsLong();
    }
}
