package io.syncbn.worker.train;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Whether it is so long since the last checkpoint that one is due, whatever the number of steps. */
final class CheckpointTimer {
    private final long everyNanos;
    private final LongSupplier nanoClock;
    private long lastNanos;

    /** @param every zero: never */
    CheckpointTimer(Duration every, LongSupplier nanoClock) {
        this.everyNanos = every.toNanos();
        this.nanoClock = nanoClock;
        lastNanos = nanoClock.getAsLong();
    }

    boolean isDue() {
        return everyNanos > 0 && nanoClock.getAsLong() - lastNanos >= everyNanos;
    }

    /** There is a checkpoint of now. */
    void restart() {
        lastNanos = nanoClock.getAsLong();
    }
}
