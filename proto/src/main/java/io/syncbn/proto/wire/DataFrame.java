package io.syncbn.proto.wire;

/**
 * One node's value on its way up, or the root's on its way down: {@code syncbn.v1.Frame} in memory.
 *
 * <p>A frame to be sent is encoded on creation, and only once however many streams it goes out on: the caller may reuse
 * the array of numbers right away. A received frame owns its payload's array until its value is taken for a sum.
 * Belongs to one thread.
 */
public final class DataFrame {
    private final FrameHeader header;
    private final Payload payload;
    private final int checksum;
    private EncodedFrame encoded;

    /** @param checksum see {@link FrameChecksum}; not verified here */
    public DataFrame(FrameHeader header, Payload payload, int checksum) {
        if (header.kind().isFloat32() != payload instanceof Payload.Float32) {
            throw new IllegalArgumentException(
                    header + " cannot hold " + payload.getClass().getSimpleName());
        }
        this.header = header;
        this.payload = payload;
        this.checksum = checksum;
    }

    /** A frame to be sent. */
    public static DataFrame of(FrameHeader header, Payload payload) {
        EncodedFrame encoded = EncodedFrame.of(header, payload);
        DataFrame frame = new DataFrame(header, payload, encoded.checksum());
        frame.encoded = encoded;
        return frame;
    }

    public static DataFrame of(FrameHeader header, double[] values) {
        return of(header, new Payload.Float64(values));
    }

    public static DataFrame of(FrameHeader header, float[] values) {
        return of(header, new Payload.Float32(values));
    }

    public FrameHeader header() {
        return header;
    }

    public Payload payload() {
        return payload;
    }

    public int checksum() {
        return checksum;
    }

    /** The numbers of a frame of a float64 kind, not a copy. */
    public double[] doubles() {
        return ((Payload.Float64) payload).values();
    }

    /** The numbers of a frame of gradients, not a copy. */
    public float[] floats() {
        return ((Payload.Float32) payload).values();
    }

    EncodedFrame encoded() {
        if (encoded == null) {
            encoded = EncodedFrame.of(header, payload, checksum);
        }
        return encoded;
    }
}
