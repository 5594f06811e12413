package io.syncbn.proto.net;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Lets a few of many like things through a minute, and counts the others: what strangers can cause as often as they like
 * must not fill logs. Knows no clock; belongs to one thread.
 */
public final class RateLimit {
    private static final int MOST = 10;
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long beganNanos;
    private int passed;
    private long heldBack;

    /** Whether another one may be told. {@code nowNanos} is of a monotonic clock with any origin. */
    public boolean isLetThrough(long nowNanos) {
        if (passed == 0) {
            beganNanos = nowNanos;
        }
        if (passed < MOST) {
            passed++;
            return true;
        }
        heldBack++;
        return false;
    }

    /** To be asked now and then: when a minute is over, how many were held back in it, if any; a new one begins then. */
    public OptionalLong minuteOver(long nowNanos) {
        if (passed == 0 || nowNanos - beganNanos < WINDOW_NANOS) {
            return OptionalLong.empty();
        }
        long count = heldBack;
        passed = 0;
        heldBack = 0;
        return count == 0 ? OptionalLong.empty() : OptionalLong.of(count);
    }
}
