package io.syncbn.coordinator.rounds;

import java.util.Arrays;
import java.util.List;

/**
 * For how long, in a step, the others waited for each worker alone: the time from the last arrival but one to the last, of
 * each sum that somebody waits for; time that several sums share counts once. Where the others had something else to do
 * before they needed a sum, as with that of a block's shortcut, this is a little more than they waited. A run that has a
 * backup is nobody's fault alone, and not counted.
 */
final class Lateness {
    private final long[] waitedNanos;
    private final long[] countedUntilNanos;

    /** @param nowNanos nothing before this counts */
    Lateness(int workers, long nowNanos) {
        waitedNanos = new long[workers];
        countedUntilNanos = new long[workers];
        Arrays.fill(countedUntilNanos, nowNanos);
    }

    void waited(int worker, long fromNanos, long untilNanos) {
        waitedNanos[worker] += Math.max(0, untilNanos - Math.max(fromNanos, countedUntilNanos[worker]));
        countedUntilNanos[worker] = untilNanos;
    }

    /** By worker's number; counts anew from here. */
    List<Long> take() {
        List<Long> taken = Arrays.stream(waitedNanos).boxed().toList();
        Arrays.fill(waitedNanos, 0);
        return taken;
    }
}
