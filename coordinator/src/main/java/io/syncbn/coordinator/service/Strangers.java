package io.syncbn.coordinator.service;

import io.syncbn.proto.net.RateLimit;
import java.lang.System.Logger.Level;
import java.util.function.LongSupplier;

/**
 * Logs what connections that are not workers' did: a few lines a minute, however many there are. Belongs to the event
 * loop.
 */
public final class Strangers {
    private static final System.Logger LOG = System.getLogger("io.syncbn.coordinator");

    private final RateLimit seldom = new RateLimit();
    private final LongSupplier nanoClock;
    private final Runnable count;

    /**
     * @param nanoClock monotonic
     * @param count called for each of them, whether it is logged or not
     */
    public Strangers(LongSupplier nanoClock, Runnable count) {
        this.nanoClock = nanoClock;
        this.count = count;
    }

    public void say(String what) {
        count.run();
        if (seldom.isLetThrough(nanoClock.getAsLong())) {
            LOG.log(Level.INFO, "{0}", what);
        }
    }

    /** Time has passed. */
    public void tick() {
        seldom.minuteOver(nanoClock.getAsLong())
                .ifPresent(more -> LOG.log(Level.INFO, "{0} more connections without a worker within a minute", more));
    }
}
