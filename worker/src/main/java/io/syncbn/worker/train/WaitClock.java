package io.syncbn.worker.train;

import io.syncbn.worker.collective.Sum;
import java.util.function.LongSupplier;

/** Adds up how long one thread waits for sums. Not thread-safe. */
final class WaitClock {
    private final LongSupplier nanoClock;
    private long nanos;

    WaitClock(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    <T> T await(Sum<T> sum) {
        long start = nanoClock.getAsLong();
        T total = sum.await();
        nanos += nanoClock.getAsLong() - start;
        return total;
    }

    /** All waiting since the last call. */
    long takeNanos() {
        long taken = nanos;
        nanos = 0;
        return taken;
    }
}
