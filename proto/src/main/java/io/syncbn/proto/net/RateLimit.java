package io.syncbn.proto.net;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Lets a few of many similar events through per minute, and counts the others: events that strangers can cause at will
 * must not fill logs. Has no clock; belongs to one thread.
 */
public final class RateLimit {
    private static final int MOST = 10;
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long beganNanos;
    private int passed;
    private long heldBack;

    /** Whether one more event may be logged. {@code nowNanos} is of a monotonic clock with any origin. */
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

    /**
     * To be called now and then: once a minute is over, starts a new one and returns how many events were held back, if
     * any.
     */
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
