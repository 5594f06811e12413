package io.syncbn.worker.tensorboard;

import io.syncbn.proto.tensorboard.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An event file that is being written: {@code events.out.tfevents.SECONDS.HOST.PID.NUMBER}. Each write goes to the file at
 * once, so that readers are never behind.
 */
final class EventFile implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("events\\.out\\.tfevents\\.(\\d{10})\\..+");

    private static final int MILLIS = 1000;

    private final Path path;
    private final FileChannel channel;
    /** Where the last whole record ends. */
    private long wholeBytes;

    private EventFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Makes a new file, which readers take after all others of the directory: they go by name.
     *
     * @param host for the name
     * @param nowMillis since 1970; a file of an earlier second is made where another clock was ahead
     */
    static EventFile create(Path directory, String host, long nowMillis) throws IOException {
        Files.createDirectories(directory);
        long newest =
                all(directory).stream().mapToLong(EventFile::secondsOf).max().orElse(0);
        long seconds = Math.max(nowMillis / MILLIS, newest + 1);
        for (int number = 0; ; number++) {
            String name = String.format(
                    Locale.ROOT,
                    "events.out.tfevents.%010d.%s.%d.%d",
                    seconds,
                    host,
                    ProcessHandle.current().pid(),
                    number);
            Path path = directory.resolve(name);
            try {
                return new EventFile(
                        path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
            } catch (FileAlreadyExistsException e) {
                continue;
            }
        }
    }

    private static long secondsOf(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : 0;
    }

    /** The event files of a directory, in the order in which readers take them; none if there is no such directory. */
    static List<Path> all(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }

    /** Writes all of these events, or none: behind a torn record nobody would find the next one. */
    void write(List<Event> events) throws IOException {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        events.forEach(event -> records.writeBytes(EventRecords.encode(event)));
        ByteBuffer bytes = ByteBuffer.wrap(records.toByteArray());
        channel.position(wholeBytes);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            cutTornRecord(e);
            throw e;
        }
        wholeBytes += bytes.capacity();
    }

    private void cutTornRecord(IOException fault) {
        try {
            channel.truncate(wholeBytes);
        } catch (IOException e) {
            fault.addSuppressed(e);
        }
    }

    /** Closes and deletes it. */
    void discard() throws IOException {
        close();
        Files.delete(path);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
