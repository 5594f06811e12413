package io.syncbn.proto.wire;

/**
 * One node's value on its way up, or the root's on its way down: {@code syncbn.v1.Frame} in memory.
 *
 * <p>A frame owns its payload's array from when it is made until it has been sent to everyone or, on the receiving side,
 * until its value is taken for a sum. The checksum is taken once, when the frame is made, however many streams it goes out
 * on; so the array must not change after that while the frame is still to be sent.
 *
 * @param checksum see {@link FrameChecksum}
 */
public record DataFrame(FrameHeader header, Payload payload, int checksum) {

    public DataFrame {
        if (Payload.isFloat32(header.kind()) != payload instanceof Payload.Float32) {
            throw new IllegalArgumentException(
                    header + " cannot hold " + payload.getClass().getSimpleName());
        }
    }

    /** A frame to be sent. */
    public static DataFrame of(FrameHeader header, Payload payload) {
        return new DataFrame(header, payload, FrameChecksum.of(header, payload));
    }

    public static DataFrame of(FrameHeader header, double[] values) {
        return of(header, new Payload.Float64(values));
    }

    public static DataFrame of(FrameHeader header, float[] values) {
        return of(header, new Payload.Float32(values));
    }

    /** The numbers of a frame of a float64 kind, not a copy. */
    public double[] doubles() {
        return ((Payload.Float64) payload).values();
    }

    /** The numbers of a frame of gradients, not a copy. */
    public float[] floats() {
        return ((Payload.Float32) payload).values();
    }
}
