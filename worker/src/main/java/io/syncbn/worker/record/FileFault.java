package io.syncbn.worker.record;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Messages about files that cannot be written or read. */
final class FileFault {
    private FileFault() {}

    /** A message with the reason; Java's own messages are often no more than a path. */
    static String cannotWrite(Path file, IOException cause) {
        return "cannot write " + file + ": " + reason(cause);
    }

    /** As {@link #cannotWrite}. */
    static String cannotRead(Path file, IOException cause) {
        return "cannot read " + file + ": " + reason(cause);
    }

    private static String reason(IOException cause) {
        return cause instanceof FileSystemException fault && fault.getReason() == null
                ? fault.getClass().getSimpleName()
                : cause instanceof FileSystemException fault ? fault.getReason() : cause.getMessage();
    }
}
