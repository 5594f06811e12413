package io.syncbn.coordinator.membership;

import java.util.Locale;

/** What is done about a worker that makes the others wait. Changes no result. */
public enum Straggler {
    /** It is named, and waited for. */
    WAIT,
    /** Another worker computes its shards as well, and the first to send them is the one that counts. */
    BACKUP;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
