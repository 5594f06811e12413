package io.syncbn.worker.tensorboard;

import com.google.protobuf.InvalidProtocolBufferException;
import io.syncbn.proto.tensorboard.Event;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * The records of an event file, TensorFlow's TFRecord format:
 *
 * <pre>
 *   8 bytes   n, length of the event, little-endian
 *   4 bytes   masked CRC32C of these 8
 *   n bytes   the event
 *   4 bytes   masked CRC32C of these n
 * </pre>
 */
final class EventRecords {
    private static final int HEAD = Long.BYTES + Integer.BYTES;

    /** Far more than an event of ours takes; a longer one is damage. */
    private static final int MOST_BYTES = 1 << 28;

    private static final int MASK_DELTA = 0xA282EAD8;

    private EventRecords() {}

    static byte[] encode(Event event) {
        byte[] data = event.toByteArray();
        ByteBuffer record =
                ByteBuffer.allocate(HEAD + data.length + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(maskedChecksum(record.array(), Long.BYTES));
        record.put(data);
        record.putInt(maskedChecksum(data, data.length));
        return record.array();
    }

    /** Rotated and shifted, so that the checksum of data that holds checksums is a good one too. */
    private static int maskedChecksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
    }

    /** Reads a file's events, up to the first record that is torn or damaged: readers see nothing behind it. */
    static void read(Path file, Consumer<Event> events) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (byte[] data = next(in); data != null; data = next(in)) {
                events.accept(Event.parseFrom(data));
            }
        } catch (InvalidProtocolBufferException e) {
            return;
        }
    }

    /** The next event's bytes; null at the end, and where the record is not whole. */
    private static byte[] next(InputStream in) throws IOException {
        ByteBuffer head = ByteBuffer.wrap(in.readNBytes(HEAD)).order(ByteOrder.LITTLE_ENDIAN);
        if (head.capacity() < HEAD || head.getInt(Long.BYTES) != maskedChecksum(head.array(), Long.BYTES)) {
            return null;
        }
        long length = head.getLong(0);
        if (length < 0 || length > MOST_BYTES) {
            return null;
        }
        byte[] data = in.readNBytes((int) length);
        ByteBuffer tail = ByteBuffer.wrap(in.readNBytes(Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        boolean isWhole = tail.capacity() == Integer.BYTES && tail.getInt(0) == maskedChecksum(data, data.length);
        return isWhole ? data : null;
    }
}
