package io.syncbn.worker.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.tensorboard.Event;
import io.syncbn.proto.tensorboard.SessionLog.SessionStatus;
import io.syncbn.proto.tensorboard.Summary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads event files, independently of what writes them, as TensorBoard does: a restart drops what came before of its steps. */
public final class TensorBoardReader {
    private static final int CASTAGNOLI = 0x82F63B78;

    private TensorBoardReader() {}

    /** A value at a step. */
    public record Value(long step, double seconds, Summary.Value value) {}

    /** All events of a file; a torn record at its end is left out, a damaged one is a failure. */
    static List<Event> events(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.remaining() >= 12) {
            byte[] head = new byte[8];
            bytes.get(head);
            assertThat(bytes.getInt()).isEqualTo(masked(head));
            long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (length + 4 > bytes.remaining()) {
                return events;
            }
            byte[] data = new byte[(int) length];
            bytes.get(data);
            assertThat(bytes.getInt()).isEqualTo(masked(data));
            events.add(Event.parseFrom(data));
        }
        return events;
    }

    /** CRC32C bit by bit, masked as TensorFlow's record_writer has it. */
    private static int masked(byte[] bytes) {
        int crc = -1;
        for (byte each : bytes) {
            crc ^= each & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : CASTAGNOLI);
            }
        }
        crc = ~crc;
        return (crc >>> 15 | crc << 17) + 0xA282EAD8;
    }

    /** The event files of a directory, by name. */
    public static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    /** What a directory says in the end. */
    public static List<Value> values(Path directory) throws IOException {
        List<Value> values = new ArrayList<>();
        for (Path file : files(directory)) {
            List<Event> events = events(file);
            assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
            for (Event event : events) {
                if (event.getSessionLog().getStatus() == SessionStatus.START) {
                    values.removeIf(value -> value.step() >= event.getStep());
                }
                event.getSummary()
                        .getValueList()
                        .forEach(value -> values.add(new Value(event.getStep(), event.getWallTime(), value)));
            }
        }
        return values;
    }

    /** Those of a tag. */
    public static List<Value> values(Path directory, String tag) throws IOException {
        return values(directory).stream()
                .filter(value -> value.value().getTag().equals(tag))
                .toList();
    }
}
