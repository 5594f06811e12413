package io.syncbn.proto.wire;

import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * Puts {@link DataFrame} on the wire and takes it off, in the bytes that {@code syncbn.v1.Frame} defines.
 *
 * <p>gRPC's own marshaller copies a payload into a {@code ByteString} and from there into an array. Here
 * the stream that is handed to gRPC knows its length and writes itself into the transport's buffers, and reading fills a
 * fresh array from those buffers, a block at a time. Without state, and so thread-safe.
 */
public final class FrameMarshaller implements MethodDescriptor.Marshaller<DataFrame> {

    /** The frame's bytes; a frame that goes out on several streams shares one copy. */
    @Override
    public InputStream stream(DataFrame frame) {
        return new FrameStream(frame.encoded());
    }

    /**
     * Reads one frame.
     *
     * @throws StatusRuntimeException INVALID_ARGUMENT for what is not a frame, DATA_LOSS for a damaged or truncated one
     */
    @Override
    public DataFrame parse(InputStream stream) {
        return new FrameReader(stream).read();
    }
}
