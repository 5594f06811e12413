package io.syncbn.proto.wire;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Sums;
import java.nio.ByteBuffer;

/** The numbers of a frame: float32 for gradients and states, float64 for all else. Holds the array itself, not a copy. */
public sealed interface Payload {

    /** {@code length} zeros of the kind's type. */
    static Payload zeros(SumKind kind, int length) {
        return kind.isFloat32() ? new Float32(new float[length]) : new Float64(new double[length]);
    }

    /** How many numbers. */
    int length();

    /** Bytes of one number. */
    int elementBytes();

    /** Puts {@code count} numbers, from number {@code first} on, into a buffer in the buffer's byte order. */
    void get(int first, int count, ByteBuffer target);

    /** Sets {@code count} numbers, from number {@code first} on, from a buffer in the buffer's byte order. */
    void set(int first, int count, ByteBuffer source);

    /** Adds {@code right} into this one: an addition of the tree. */
    Payload add(Payload right);

    default int bytes() {
        return Math.multiplyExact(length(), elementBytes());
    }

    /** @param values not to be changed once they are part of a frame */
    record Float64(double[] values) implements Payload {
        @Override
        public int length() {
            return values.length;
        }

        @Override
        public int elementBytes() {
            return Double.BYTES;
        }

        @Override
        public void get(int first, int count, ByteBuffer target) {
            target.asDoubleBuffer().put(values, first, count);
        }

        @Override
        public void set(int first, int count, ByteBuffer source) {
            source.asDoubleBuffer().get(values, first, count);
        }

        @Override
        public Payload add(Payload right) {
            Sums.add(values, ((Float64) right).values);
            return this;
        }
    }

    /** @param chunk not to be changed once it is part of a frame */
    record Float32(Chunk chunk) implements Payload {

        /** All numbers of an array. */
        public Float32(float[] values) {
            this(new Chunk(values));
        }

        /** The array that has them. */
        public float[] values() {
            return chunk.values();
        }

        @Override
        public int length() {
            return chunk.length();
        }

        @Override
        public int elementBytes() {
            return Float.BYTES;
        }

        @Override
        public void get(int first, int count, ByteBuffer target) {
            target.asFloatBuffer().put(chunk.values(), chunk.from() + first, count);
        }

        @Override
        public void set(int first, int count, ByteBuffer source) {
            source.asFloatBuffer().get(chunk.values(), chunk.from() + first, count);
        }

        @Override
        public Payload add(Payload right) {
            chunk.add(((Float32) right).chunk);
            return this;
        }
    }
}
