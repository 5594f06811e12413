package io.syncbn.worker.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.zip.ZipException;
import javax.imageio.IIOException;

/** Data that is missing, truncated, corrupt or wrong; the message names the file and what was expected. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whether the machine failed to read, rather than the file's content being wrong. */
    private final boolean isOfThisMachine;

    public DataException(String message) {
        super(message);
        isOfThisMachine = false;
    }

    public DataException(String message, Throwable cause) {
        this(message, cause, false);
    }

    private DataException(String message, Throwable cause, boolean isOfThisMachine) {
        super(message, cause);
        this.isOfThisMachine = isOfThisMachine;
    }

    /** Whether another machine might read the same data: a disk or file system failed, and no content was wrong. */
    public boolean isOfThisMachine() {
        return isOfThisMachine;
    }

    /** A file that the operating system or a decoder could not read, with the reason in words. */
    static DataException unreadable(Object file, IOException cause) {
        String reason = cause.getMessage();
        if (cause instanceof NoSuchFileException) {
            reason = "no such file";
        } else if (cause instanceof AccessDeniedException) {
            reason = "access denied";
        } else if (cause instanceof EOFException) {
            reason = "ends too early";
        }
        boolean isContent = cause instanceof EOFException
                || cause instanceof ZipException
                || cause instanceof CharacterCodingException
                || cause instanceof IIOException;
        return new DataException(file + ": cannot be read: " + reason, cause, !isContent);
    }
}
