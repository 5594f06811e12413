package io.syncbn.proto.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A frame's bytes. The payload is encoded first, at a fixed offset; the header, whose length depends on the checksum
 * too, is then written so that it ends where the payload begins.
 *
 * @param bytes not to be changed
 * @param offset of the first byte
 * @param length in bytes
 */
record EncodedFrame(int checksum, byte[] bytes, int offset, int length) {
    /** Eight varints with their tags, the checksum, the payload's tag and length: 101 bytes at most. */
    private static final int MAX_HEADER_BYTES = 104;

    static EncodedFrame of(FrameHeader header, Payload payload) {
        byte[] bytes = withPayload(payload);
        FrameChecksum checksum = new FrameChecksum(header);
        checksum.update(bytes, MAX_HEADER_BYTES, payload.bytes());
        return withHeader(bytes, header, payload, checksum.value());
    }

    static EncodedFrame of(FrameHeader header, Payload payload, int checksum) {
        return withHeader(withPayload(payload), header, payload, checksum);
    }

    private static byte[] withPayload(Payload payload) {
        byte[] bytes = new byte[MAX_HEADER_BYTES + payload.bytes()];
        ByteBuffer target = ByteBuffer.wrap(bytes).position(MAX_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        payload.get(0, payload.length(), target);
        return bytes;
    }

    /** Like protobuf, leaves out fields that are 0. */
    private static EncodedFrame withHeader(byte[] bytes, FrameHeader header, Payload payload, int checksum) {
        byte[] head = new byte[MAX_HEADER_BYTES];
        CodedOutputStream out = CodedOutputStream.newInstance(head);
        try {
            writeNumber(out, FrameField.GENERATION, header.generation());
            writeNumber(out, FrameField.STEP, header.step());
            writeNumber(out, FrameField.KIND, header.kind().number());
            writeNumber(out, FrameField.INDEX, header.index());
            writeNumber(out, FrameField.GROUP, header.group());
            writeNumber(out, FrameField.LEVEL, header.node().level());
            writeNumber(out, FrameField.POSITION, header.node().position());
            writeNumber(out, FrameField.OF, header.of());
            if (checksum != 0) {
                out.writeFixed32(FrameField.CRC32C, checksum);
            }
            if (payload.length() > 0) {
                out.writeTag(FrameField.PAYLOAD, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(payload.bytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a header did not fit " + MAX_HEADER_BYTES + " bytes", e);
        }
        int headerBytes = out.getTotalBytesWritten();
        int offset = MAX_HEADER_BYTES - headerBytes;
        System.arraycopy(head, 0, bytes, offset, headerBytes);
        return new EncodedFrame(checksum, bytes, offset, headerBytes + payload.bytes());
    }

    private static void writeNumber(CodedOutputStream out, int field, long value) throws IOException {
        if (value != 0) {
            out.writeUInt64(field, value);
        }
    }
}
