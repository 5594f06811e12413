package io.syncbn.coordinator.service;

import io.syncbn.proto.v1.Kind;
import java.util.Locale;

/** The two data streams of a worker. */
public enum StreamKind {
    /** Everything small. */
    MOMENTS,
    /** Bulk. */
    GRADIENTS;

    /** The stream on which frames of a kind travel, both ways. */
    public static StreamKind of(Kind kind) {
        return kind == Kind.GRADIENTS || kind == Kind.STATE ? GRADIENTS : MOMENTS;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
