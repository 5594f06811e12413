package io.syncbn.proto.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * An encoded frame, as a stream that knows its length and can write itself. gRPC's network transports drain it; reading it
 * byte by byte, as the in-process transport does, goes through a copy. Belongs to one thread.
 */
final class FrameStream extends InputStream implements KnownLength, Drainable {
    /** Eight varints with their tags, the checksum, the payload's tag and length: 101 bytes at most. */
    private static final int MAX_HEADER_BYTES = 128;

    private final DataFrame frame;
    private final byte[] header = new byte[MAX_HEADER_BYTES];
    private final int headerBytes;
    private InputStream copy;
    private boolean drained;

    FrameStream(DataFrame frame) {
        this.frame = frame;
        try {
            headerBytes = encodeHeader();
        } catch (IOException e) {
            throw new UncheckedIOException("a header did not fit " + MAX_HEADER_BYTES + " bytes", e);
        }
    }

    /** All that comes before the payload's bytes; like protobuf, leaves out fields that are 0. */
    private int encodeHeader() throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(header);
        FrameHeader values = frame.header();
        writeNumber(out, FrameField.GENERATION, values.generation());
        writeNumber(out, FrameField.STEP, values.step());
        writeNumber(out, FrameField.KIND, values.kind().getNumber());
        writeNumber(out, FrameField.INDEX, values.index());
        writeNumber(out, FrameField.GROUP, values.group());
        writeNumber(out, FrameField.LEVEL, values.node().level());
        writeNumber(out, FrameField.POSITION, values.node().position());
        writeNumber(out, FrameField.OF, values.of());
        if (frame.checksum() != 0) {
            out.writeFixed32(FrameField.CRC32C, frame.checksum());
        }
        if (frame.payload().length() > 0) {
            out.writeTag(FrameField.PAYLOAD, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(frame.payload().bytes());
        }
        return header.length - out.spaceLeft();
    }

    private static void writeNumber(CodedOutputStream out, int field, long value) throws IOException {
        if (value != 0) {
            out.writeUInt64(field, value);
        }
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        if (copy != null) {
            return (int) copy.transferTo(target);
        }
        if (drained) {
            return 0;
        }
        drained = true;
        target.write(header, 0, headerBytes);
        Payload payload = frame.payload();
        ByteBuffer block = FrameChecksum.block(payload);
        int perBlock = block.capacity() / payload.elementBytes();
        for (int first = 0; first < payload.length(); first += perBlock) {
            int count = Math.min(perBlock, payload.length() - first);
            payload.get(first, count, block);
            target.write(block.array(), 0, count * payload.elementBytes());
        }
        return headerBytes + payload.bytes();
    }

    @Override
    public int available() throws IOException {
        if (copy != null) {
            return copy.available();
        }
        return drained ? 0 : headerBytes + frame.payload().bytes();
    }

    @Override
    public int read() throws IOException {
        return copy().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return copy().read(target, offset, length);
    }

    private InputStream copy() throws IOException {
        if (copy == null) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(available());
            drainTo(bytes);
            copy = new ByteArrayInputStream(bytes.toByteArray());
        }
        return copy;
    }
}
