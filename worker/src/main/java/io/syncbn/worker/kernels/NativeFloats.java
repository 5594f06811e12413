package io.syncbn.worker.kernels;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Float32 numbers outside the Java heap, where natives read and write them. Belongs to one {@link NativeScratch} and one
 * thread.
 */
final class NativeFloats implements AutoCloseable {
    private final INDArray array;
    private final FloatPointer pointer;
    private final FloatBuffer buffer;

    NativeFloats(int length) {
        array = Nd4j.createUninitializedDetached(DataType.FLOAT, length);
        pointer = new FloatPointer(array.data().addressPointer());
        buffer = pointer.capacity(length).asBuffer();
    }

    int length() {
        return buffer.capacity();
    }

    void put(float[] source, int offset, int count) {
        buffer.put(0, source, offset, count);
    }

    void get(float[] destination, int offset, int count) {
        buffer.get(0, destination, offset, count);
    }

    FloatPointer pointer() {
        return pointer;
    }

    /** The first numbers, as an array of these dimensions; valid until closed. */
    INDArray view(long... dimensions) {
        return Nd4j.create(array.data(), dimensions, Nd4j.getStrides(dimensions, 'c'), 0, 'c', DataType.FLOAT);
    }

    @Override
    public void close() {
        array.close();
    }
}
