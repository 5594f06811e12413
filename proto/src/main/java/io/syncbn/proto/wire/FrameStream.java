package io.syncbn.proto.wire;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;

/** An encoded frame, as a stream that knows its length and can write itself at once. Belongs to one thread. */
final class FrameStream extends ByteArrayInputStream implements KnownLength, Drainable {

    FrameStream(EncodedFrame frame) {
        super(frame.bytes(), frame.offset(), frame.length());
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        return (int) transferTo(target);
    }
}
