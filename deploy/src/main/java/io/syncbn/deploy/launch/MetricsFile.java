package io.syncbn.deploy.launch;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Follows {@code metrics.jsonl} while it grows, from the length that it has at first. */
final class MetricsFile {
    private final Path file;
    private long readBytes;

    MetricsFile(Path file) {
        this.file = file;
        this.readBytes = length();
    }

    /** The complete lines that have been added since the last call. */
    List<Metrics> news() {
        long length = length();
        // A resumed run may cut off what came after its checkpoint.
        readBytes = Math.min(readBytes, length);
        if (length == readBytes) {
            return List.of();
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.min(length - readBytes, 1 << 20)];
            in.seek(readBytes);
            in.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            String complete = text.substring(0, text.lastIndexOf('\n') + 1);
            readBytes += complete.getBytes(StandardCharsets.UTF_8).length;
            return complete.lines().map(Metrics::of).flatMap(Optional::stream).toList();
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
