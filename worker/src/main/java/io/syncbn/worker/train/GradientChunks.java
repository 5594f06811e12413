package io.syncbn.worker.train;

import io.syncbn.proto.Protocol;
import java.util.Arrays;

/**
 * The flat gradient cut into chunks of one frame each, so that they travel while backward goes on. The first one is final last,
 * when there is nothing left to do but to wait for it, and therefore smaller.
 *
 * @param floats length of the flat gradient
 */
public record GradientChunks(int floats) {
    private static final int CHUNK_FLOATS = Protocol.MAX_CHUNK_BYTES / Float.BYTES;
    private static final int FIRST_FLOATS = CHUNK_FLOATS / 4;

    public int count() {
        return 1 + chunksBehindFirst(floats);
    }

    int start(int chunk) {
        return chunk == 0 ? 0 : FIRST_FLOATS + (chunk - 1) * CHUNK_FLOATS;
    }

    private int end(int chunk) {
        return Math.min(start(chunk + 1), floats);
    }

    /** The lowest chunk that lies wholly at or above an offset; {@link #count()} if there is none. */
    int firstFrom(int offset) {
        return offset == 0 ? 0 : Math.min(count(), 1 + chunksBehindFirst(offset));
    }

    /** How many chunks, the last perhaps not whole, are between the first one and an offset. */
    private static int chunksBehindFirst(int offset) {
        return (Math.max(0, offset - FIRST_FLOATS) + CHUNK_FLOATS - 1) / CHUNK_FLOATS;
    }

    public float[] copy(float[] gradient, int chunk) {
        return Arrays.copyOfRange(gradient, start(chunk), end(chunk));
    }

    void paste(float[] values, int chunk, float[] gradient) {
        System.arraycopy(values, 0, gradient, start(chunk), values.length);
    }
}
