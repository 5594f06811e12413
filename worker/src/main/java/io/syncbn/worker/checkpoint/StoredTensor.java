package io.syncbn.worker.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/** A tensor as it stands in a file. Its bytes may be made anew each time they are asked for, so that a state takes no memory twice. */
public final class StoredTensor {
    /** Types that {@link #floats()} converts. */
    static final Set<ElementType> FLOATING =
            Set.of(ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.F64);

    /** Up to here a double holds every whole number exactly. */
    private static final double MOST_COUNTED = 0x1p53;

    private final TensorSpec spec;
    private final Supplier<ByteBuffer> bytes;

    private StoredTensor(TensorSpec spec, Supplier<ByteBuffer> bytes) {
        this.spec = spec;
        this.bytes = bytes;
    }

    /** @param bytes of all elements, little-endian; not to be changed */
    public StoredTensor(TensorSpec spec, ByteBuffer bytes) {
        this(spec, () -> bytes);
        requireFit(bytes);
    }

    /** A float32 tensor of these elements, copied. */
    public static StoredTensor ofFloats(String name, List<Integer> dimensions, float[] elements) {
        return new StoredTensor(new TensorSpec(name, ElementType.F32, dimensions), encoded(elements));
    }

    /** A float32 tensor whose elements are asked for whenever its bytes are. */
    static StoredTensor ofFloats(String name, List<Integer> dimensions, Supplier<float[]> elements) {
        return new StoredTensor(new TensorSpec(name, ElementType.F32, dimensions), () -> encoded(elements.get()));
    }

    private static ByteBuffer encoded(float[] elements) {
        ByteBuffer bytes = ByteBuffer.allocate(elements.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(elements);
        return bytes;
    }

    private ByteBuffer requireFit(ByteBuffer all) {
        if (all.remaining() != spec.bytes()) {
            throw new IllegalArgumentException(
                    spec.name() + " " + spec.form() + " takes " + spec.bytes() + " bytes, not " + all.remaining());
        }
        return all;
    }

    public TensorSpec spec() {
        return spec;
    }

    /** Of all elements, little-endian; not to be changed. */
    public ByteBuffer bytes() {
        return requireFit(bytes.get()).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** An int64 scalar. */
    public static StoredTensor ofLong(String name, long value) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return new StoredTensor(new TensorSpec(name, ElementType.I64, List.of()), bytes.putLong(0, value));
    }

    public String name() {
        return spec.name();
    }

    /** The elements as float32; of F64, the nearest ones. */
    public float[] floats() {
        ByteBuffer bytes = bytes();
        float[] floats = new float[bytes.capacity() / spec.type().bytes()];
        switch (spec.type()) {
            case F32 -> bytes.asFloatBuffer().get(floats);
            case F64 -> {
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = (float) bytes.getDouble(i * Double.BYTES);
                }
            }
            case F16 -> {
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = halfToFloat(bytes.getShort(i * Short.BYTES));
                }
            }
            case BF16 -> {
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = Float.intBitsToFloat(bytes.getShort(i * Short.BYTES) << Short.SIZE);
                }
            }
            default -> throw new IllegalStateException(spec.name() + " holds " + spec.type() + ", not floats");
        }
        return floats;
    }

    /** The only element of an I64 tensor. */
    public long integer() {
        ByteBuffer bytes = bytes();
        if (spec.type() != ElementType.I64 || bytes.capacity() != Long.BYTES) {
            throw new IllegalStateException(spec.name() + " is " + spec.form() + ", not one I64");
        }
        return bytes.getLong(0);
    }

    /** The one whole number from 0 that a tensor holds, of whatever type and rank; empty if it holds anything else. */
    public OptionalLong count() {
        ByteBuffer bytes = bytes();
        if (bytes.capacity() != spec.type().bytes() || spec.dimensions().size() > 1) {
            return OptionalLong.empty();
        }
        double number =
                switch (spec.type()) {
                    case U8 -> bytes.get(0) & 0xFF;
                    case I8 -> bytes.get(0);
                    case U16 -> bytes.getShort(0) & 0xFFFF;
                    case I16 -> bytes.getShort(0);
                    case U32 -> bytes.getInt(0) & 0xFFFFFFFFL;
                    case I32 -> bytes.getInt(0);
                    case I64, U64 -> bytes.getLong(0);
                    case F32, F16, BF16 -> floats()[0];
                    case F64 -> bytes.getDouble(0);
                    default -> Double.NaN;
                };
        return number >= 0 && number < MOST_COUNTED ? OptionalLong.of((long) number) : OptionalLong.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredTensor tensor
                && tensor.spec.equals(spec)
                && tensor.bytes().equals(bytes());
    }

    @Override
    public int hashCode() {
        return Objects.hash(spec, bytes());
    }

    @Override
    public String toString() {
        return spec.name() + " " + spec.form();
    }

    /** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. Java has this only from 20 on. */
    static float halfToFloat(short half) {
        int exponent = half >>> 10 & 0x1F;
        int fraction = half & 0x3FF;
        float magnitude =
                switch (exponent) {
                    case 0 -> fraction * 0x1p-24f;
                    case 0x1F -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Math.scalb(0x400 + fraction, exponent - 25);
                };
        return half < 0 ? -magnitude : magnitude;
    }
}
