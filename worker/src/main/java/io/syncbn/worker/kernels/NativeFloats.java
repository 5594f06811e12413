package io.syncbn.worker.kernels;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Float32 numbers outside the Java heap, where natives read and write them, aligned to a cache line. Pages that are
 * never written take no memory. For one thread.
 */
final class NativeFloats implements AutoCloseable {
    private static final int LINE_BYTES = 64;

    private final FloatPointer allocated;
    private final FloatPointer pointer;
    private final FloatBuffer buffer;

    NativeFloats(int length) {
        allocated = new FloatPointer(length + LINE_BYTES / Float.BYTES);
        long skippedBytes = Math.floorMod(-allocated.address(), LINE_BYTES);
        pointer = allocated.getPointer(skippedBytes / Float.BYTES);
        buffer = pointer.capacity(length).asBuffer();
    }

    int length() {
        return buffer.capacity();
    }

    void put(int at, float[] source, int offset, int count) {
        buffer.put(at, source, offset, count);
    }

    void get(float[] destination, int offset, int count) {
        buffer.get(0, destination, offset, count);
    }

    FloatPointer pointer() {
        return pointer;
    }

    /** Where the number with this index is. */
    FloatPointer pointer(long index) {
        return pointer.getPointer(index);
    }

    @Override
    public void close() {
        allocated.close();
    }
}
