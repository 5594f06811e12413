package io.syncbn.proto;

/** The numbers that both sides must agree on. */
public final class Protocol {
    private Protocol() {}

    /** Raised whenever a message changes its meaning. Jobs and checkpoints are the same in all versions. */
    public static final int VERSION = 7;

    /** Largest payload of one frame: far below gRPC's 4 MiB limit, so that chunks overlap in time. */
    public static final int MAX_CHUNK_BYTES = 256 * 1024;

    /** Largest frame accepted: a chunk and its header, or a wide layer's moments. */
    public static final int MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
}
