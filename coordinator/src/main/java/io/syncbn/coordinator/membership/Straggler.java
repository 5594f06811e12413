package io.syncbn.coordinator.membership;

import java.util.Locale;

/** What to do about a worker that makes the others wait. Changes no result. */
public enum Straggler {
    /** Log its name, and wait for it. */
    WAIT,
    /** Another worker computes its shards too, and the first parts to arrive are added. */
    BACKUP;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
