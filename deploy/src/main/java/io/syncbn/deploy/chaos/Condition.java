package io.syncbn.deploy.chaos;

import java.util.concurrent.TimeUnit;

/**
 * A temporary condition of one direction of a link.
 *
 * @param isCut whether nothing comes through
 * @param delayNanos how much later everything comes through
 * @param bytesPerSecond how much comes through at most
 */
record Condition(boolean isCut, long delayNanos, long bytesPerSecond) {

    static Condition cut() {
        return new Condition(true, 0, Long.MAX_VALUE);
    }

    static Condition delay(long millis) {
        return new Condition(false, TimeUnit.MILLISECONDS.toNanos(millis), Long.MAX_VALUE);
    }

    static Condition throttle(long bytesPerSecond) {
        return new Condition(false, 0, bytesPerSecond);
    }
}
