package io.syncbn.deploy.launch;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Follows a file of JSON objects, a line each, from its present end on, while it grows. */
public final class JsonLines {
    private static final int MOST_BYTES = 1 << 20;

    private final Path file;
    private long readBytes;

    public JsonLines(Path file) {
        this.file = file;
        this.readBytes = length();
    }

    /** The complete lines that have been added since the last call. */
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
            readBytes += end;
            String complete = new String(bytes, 0, end, StandardCharsets.UTF_8);
            return complete.lines().map(JsonLine::of).flatMap(Optional::stream).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long length() {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
