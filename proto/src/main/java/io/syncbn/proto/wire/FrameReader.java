package io.syncbn.proto.wire;

import com.google.protobuf.WireFormat;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Reads one frame from a stream, and rejects it unless length and checksum are right. Used once, by one thread. */
final class FrameReader {
    private final InputStream in;
    private final long[] numbers = new long[FrameField.OF + 1];
    private int givenChecksum;
    private int computedChecksum;
    private FrameHeader header;
    private Payload payload;

    FrameReader(InputStream in) {
        this.in = in;
    }

    DataFrame read() {
        try {
            for (long tag = readTag(); tag >= 0; tag = readTag()) {
                readField((int) (tag >>> 3), (int) tag & 7);
            }
        } catch (EOFException e) {
            throw dataLoss("the frame ends in the middle of a field");
        } catch (IOException e) {
            throw Status.DATA_LOSS
                    .withDescription(name() + ": cannot be read: " + e.getMessage())
                    .withCause(e)
                    .asRuntimeException();
        }
        if (payload == null) {
            header = header();
            payload = Payload.zeros(header.kind(), 0);
            computedChecksum = new FrameChecksum(header).value();
        } else if (!header.equals(header())) {
            throw invalid("its header changes after its payload");
        }
        if (givenChecksum != computedChecksum) {
            throw dataLoss(
                    String.format(Locale.ROOT, "checksum 0x%08x, computed 0x%08x", givenChecksum, computedChecksum));
        }
        return new DataFrame(header, payload, givenChecksum);
    }

    private void readField(int field, int wireType) throws IOException {
        if (field >= FrameField.GENERATION && field <= FrameField.OF && wireType == WireFormat.WIRETYPE_VARINT) {
            numbers[field] = readVarint();
        } else if (field == FrameField.CRC32C && wireType == WireFormat.WIRETYPE_FIXED32) {
            givenChecksum = readFixed32();
        } else if (field == FrameField.PAYLOAD && wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            readPayload(readVarint());
        } else {
            skip(wireType);
        }
    }

    private void readPayload(long bytes) throws IOException {
        if (payload != null) {
            throw invalid("it has two payloads");
        }
        header = header();
        int elementBytes = header.kind().elementBytes();
        if (bytes < 0 || bytes > Protocol.MAX_MESSAGE_BYTES || bytes % elementBytes != 0) {
            throw invalid("payload of " + bytes + " bytes, expected a multiple of " + elementBytes + " up to "
                    + Protocol.MAX_MESSAGE_BYTES);
        }
        payload = Payload.zeros(header.kind(), (int) bytes / elementBytes);
        FrameChecksum checksum = new FrameChecksum(header);
        ByteBuffer block = FrameChecksum.block(payload);
        int perBlock = block.capacity() / elementBytes;
        for (int first = 0; first < payload.length(); first += perBlock) {
            int count = Math.min(perBlock, payload.length() - first);
            int came = in.readNBytes(block.array(), 0, count * elementBytes);
            if (came < count * elementBytes) {
                throw dataLoss("payload of " + (first * elementBytes + came) + " bytes, expected " + bytes);
            }
            checksum.update(block.array(), 0, came);
            payload.set(first, count, block);
        }
        computedChecksum = checksum.value();
    }

    private FrameHeader header() {
        SumKind kind = SumKind.of(numbers[FrameField.KIND]).orElseThrow(() -> invalid("there is no such kind of sum"));
        try {
            return new FrameHeader(
                    numbers[FrameField.GENERATION],
                    numbers[FrameField.STEP],
                    kind,
                    integer(FrameField.INDEX, "index"),
                    integer(FrameField.GROUP, "group"),
                    new Node(integer(FrameField.LEVEL, "level"), integer(FrameField.POSITION, "position")),
                    integer(FrameField.OF, "of"));
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage());
        }
    }

    private int integer(int field, String name) {
        if (numbers[field] < 0 || numbers[field] > Integer.MAX_VALUE) {
            throw invalid(
                    name + " " + Long.toUnsignedString(numbers[field]) + ", expected at most " + Integer.MAX_VALUE);
        }
        return (int) numbers[field];
    }

    /** The next field's tag, or −1 at the end. */
    private long readTag() throws IOException {
        int first = in.read();
        if (first < 0) {
            return -1;
        }
        long tag = readVarint(first);
        if (tag >>> 3 == 0 || tag >>> 3 > Integer.MAX_VALUE) {
            throw invalid("there is no field with tag " + tag);
        }
        return tag;
    }

    private long readVarint() throws IOException {
        return readVarint(readByte());
    }

    private long readVarint(int first) throws IOException {
        long value = first & 0x7f;
        int last = first;
        for (int shift = 7; (last & 0x80) != 0; shift += 7) {
            if (shift > 63) {
                throw invalid("a number of more than 64 bits");
            }
            last = readByte();
            value |= (long) (last & 0x7f) << shift;
        }
        return value;
    }

    private int readFixed32() throws IOException {
        return readByte() | readByte() << 8 | readByte() << 16 | readByte() << 24;
    }

    private int readByte() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException();
        }
        return value;
    }

    /** Skips a field of a later version of the protocol. */
    private void skip(int wireType) throws IOException {
        switch (wireType) {
            case WireFormat.WIRETYPE_VARINT -> readVarint();
            case WireFormat.WIRETYPE_FIXED32 -> in.skipNBytes(Integer.BYTES);
            case WireFormat.WIRETYPE_FIXED64 -> in.skipNBytes(Long.BYTES);
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                long bytes = readVarint();
                if (bytes < 0 || bytes > Protocol.MAX_MESSAGE_BYTES) {
                    throw invalid("an unknown field of " + bytes + " bytes");
                }
                in.skipNBytes(bytes);
            }
            default -> throw invalid("there is no wire type " + wireType);
        }
    }

    private StatusRuntimeException invalid(String problem) {
        return Status.INVALID_ARGUMENT.withDescription(name() + ": " + problem).asRuntimeException();
    }

    private StatusRuntimeException dataLoss(String problem) {
        return Status.DATA_LOSS.withDescription(name() + ": " + problem).asRuntimeException();
    }

    /** The round, as far as it has been read. */
    private String name() {
        return "step " + numbers[FrameField.STEP] + ", "
                + SumKind.of(numbers[FrameField.KIND]).map(SumKind::name).orElse("kind " + numbers[FrameField.KIND])
                + " " + numbers[FrameField.INDEX]
                + " (generation " + numbers[FrameField.GENERATION] + ")";
    }
}
