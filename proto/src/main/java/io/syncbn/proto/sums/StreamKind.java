package io.syncbn.proto.sums;

import java.util.Locale;

/** The two data streams of a worker. */
public enum StreamKind {
    /** Everything small. */
    MOMENTS,
    /** Bulk. */
    GRADIENTS;

    /** Whether it carries bulk data, behind which latency-critical sums must not queue. */
    public boolean isBulk() {
        return this == GRADIENTS;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
