package io.syncbn.worker.train;

import io.syncbn.proto.Protocol;
import java.util.Arrays;

/**
 * The flat gradient cut into chunks of one frame each, so that they travel while backward goes on.
 *
 * @param floats length of the flat gradient
 */
record GradientChunks(int floats) {
    private static final int CHUNK_FLOATS = Protocol.MAX_CHUNK_BYTES / Float.BYTES;

    int count() {
        return Math.max(1, (floats + CHUNK_FLOATS - 1) / CHUNK_FLOATS);
    }

    int start(int chunk) {
        return chunk * CHUNK_FLOATS;
    }

    /** The lowest chunk that lies wholly at or above an offset; {@link #count()} if there is none. */
    int firstFrom(int offset) {
        return Math.min(count(), (offset + CHUNK_FLOATS - 1) / CHUNK_FLOATS);
    }

    float[] copy(float[] gradient, int chunk) {
        return Arrays.copyOfRange(gradient, start(chunk), Math.min(start(chunk) + CHUNK_FLOATS, floats));
    }

    void paste(float[] values, int chunk, float[] gradient) {
        System.arraycopy(values, 0, gradient, start(chunk), values.length);
    }
}
