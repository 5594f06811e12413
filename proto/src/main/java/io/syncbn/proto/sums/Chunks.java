package io.syncbn.proto.sums;

import io.syncbn.proto.Protocol;

/**
 * A long array of float32 numbers cut into chunks of one frame each.
 *
 * @param floats length of the whole array
 * @param firstFloats length of the first chunk; the others are as long as a frame may be, the last has what is left
 */
public record Chunks(int floats, int firstFloats) {
    private static final int MOST_FLOATS = Protocol.MAX_CHUNK_BYTES / Float.BYTES;

    /**
     * Of the flat gradient, whose chunks are sent while backward runs. The first chunk becomes final last, when nothing
     * is left to overlap its transfer with, so it is smaller.
     */
    public static Chunks ofGradient(int floats) {
        return new Chunks(floats, MOST_FLOATS / 4);
    }

    /** Of a state. */
    public static Chunks ofState(int floats) {
        return new Chunks(floats, MOST_FLOATS);
    }

    /** At least 1. */
    public int count() {
        return 1 + chunksBehindFirst(floats);
    }

    public int start(int chunk) {
        return chunk == 0 ? 0 : firstFloats + (chunk - 1) * MOST_FLOATS;
    }

    private int end(int chunk) {
        return Math.min(start(chunk + 1), floats);
    }

    /** The lowest chunk that starts at or above an offset; {@link #count()} if there is none. */
    public int firstFrom(int offset) {
        return offset == 0 ? 0 : Math.min(count(), 1 + chunksBehindFirst(offset));
    }

    /** How many chunks, counting a partial last one, lie between the first chunk and an offset. */
    private int chunksBehindFirst(int offset) {
        return (Math.max(0, offset - firstFloats) + MOST_FLOATS - 1) / MOST_FLOATS;
    }

    /** A chunk of an array, where it lies. */
    public Chunk of(float[] whole, int chunk) {
        return new Chunk(whole, start(chunk), end(chunk) - start(chunk));
    }

    /** Copies a chunk's numbers to its place in an array. */
    public void paste(Chunk values, int chunk, float[] whole) {
        System.arraycopy(values.values(), values.from(), whole, start(chunk), values.length());
    }
}
