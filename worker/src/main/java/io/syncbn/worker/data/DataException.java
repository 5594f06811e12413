package io.syncbn.worker.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Data that is missing, truncated, corrupt or wrong; the message names the file and what was expected. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The operating system, or a decoder, refused to read a file; says why in words. */
    static DataException unreadable(Object file, IOException cause) {
        String reason = cause.getMessage();
        if (cause instanceof NoSuchFileException) {
            reason = "no such file";
        } else if (cause instanceof AccessDeniedException) {
            reason = "access denied";
        } else if (cause instanceof EOFException) {
            reason = "ends too early";
        }
        return new DataException(file + ": cannot be read: " + reason, cause);
    }
}
