package io.syncbn.coordinator.service;

import io.syncbn.proto.v1.Kind;
import java.util.Locale;

/** The two data streams of a worker. */
enum StreamKind {
    /** Everything small. */
    MOMENTS,
    /** Bulk. */
    GRADIENTS;

    /** The stream on which sums of a kind travel, both ways. */
    static StreamKind of(Kind kind) {
        return kind == Kind.GRADIENTS ? GRADIENTS : MOMENTS;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
