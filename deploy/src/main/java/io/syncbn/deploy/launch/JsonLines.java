package io.syncbn.deploy.launch;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Follows a file of JSON objects, a line each, while it grows. */
public final class JsonLines {
    private static final int MOST_BYTES = 1 << 20;

    private final Path file;
    private long readBytes;
    private long unreadable;

    private JsonLines(Path file) {
        this.file = file;
    }

    /** From the file's present end on. */
    public static JsonLines ofNews(Path file) {
        JsonLines lines = new JsonLines(file);
        lines.readBytes = lines.length();
        return lines;
    }

    /** From the beginning. */
    public static JsonLines ofAll(Path file) {
        return new JsonLines(file);
    }

    /** How many lines so far were no JSON objects. */
    public long unreadable() {
        return unreadable;
    }

    /** Complete lines that have been added since the last call: all of them, or the next ones of a large file. */
    public List<JsonLine> news() {
        long length = length();
        // A resumed run, and a worker that takes over the writing, may cut off what came after the last commit.
        readBytes = Math.min(readBytes, length);
        if (length == readBytes) {
            return List.of();
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.max(0, Math.min(in.length() - readBytes, MOST_BYTES))];
            in.seek(readBytes);
            in.readFully(bytes);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            if (end == 0 && bytes.length == MOST_BYTES) { // no line of ours is as long
                unreadable++;
                end = bytes.length;
            }
            readBytes += end;
            String complete = new String(bytes, 0, end, StandardCharsets.UTF_8);
            List<Optional<JsonLine>> lines = complete.lines().map(JsonLine::of).toList();
            unreadable += lines.stream().filter(Optional::isEmpty).count();
            return lines.stream().flatMap(Optional::stream).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All complete lines from here to the file's end, also behind a part that cannot be read. */
    public void readAll(Consumer<JsonLine> taker) {
        long before;
        do {
            before = readBytes;
            news().forEach(taker);
        } while (readBytes > before);
    }

    private long length() {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
