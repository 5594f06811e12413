package io.syncbn.worker.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Resolves the path in {@code --data}. */
final class DataPaths {
    private DataPaths() {}

    static Path directory(String format, String text) {
        Path path = existing(text);
        if (!Files.isDirectory(path)) {
            throw new DataException(path + ": " + format + " data is read from a directory, and this is a file");
        }
        return path;
    }

    static Path existing(String text) {
        try {
            Path path = Path.of(text);
            if (!Files.exists(path)) {
                throw new DataException(path + ": no such file or directory");
            }
            return path;
        } catch (InvalidPathException e) {
            throw new DataException("'" + text + "' is no path: " + e.getReason(), e);
        }
    }
}
