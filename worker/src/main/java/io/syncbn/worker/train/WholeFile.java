package io.syncbn.worker.train;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are there whole, or as they were before. */
final class WholeFile {
    private WholeFile() {}

    /** Makes or replaces a file. Who had the one before open goes on with that, which nobody else sees any more. */
    static void write(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid());
        try {
            Files.write(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** What to tell of a fault; Java's own messages are often no more than a path. */
    static String cannotWrite(Path file, IOException cause) {
        String reason = cause instanceof FileSystemException fault && fault.getReason() == null
                ? fault.getClass().getSimpleName()
                : cause instanceof FileSystemException fault ? fault.getReason() : cause.getMessage();
        return "cannot write " + file + ": " + reason;
    }
}
