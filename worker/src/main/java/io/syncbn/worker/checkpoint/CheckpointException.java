package io.syncbn.worker.checkpoint;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** State that cannot be read or written; the message names the file, and what was expected and found. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    private CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }

    /** One fault of a file. */
    static CheckpointException of(Object file, String fault) {
        return new CheckpointException(file + ": " + fault);
    }

    /** One fault, and what lies behind it; null if nothing does. */
    static CheckpointException of(Object file, String fault, Throwable cause) {
        return new CheckpointException(file + ": " + fault, cause);
    }

    /** All faults of a file, a line each. */
    static CheckpointException of(Object file, List<String> faults) {
        return faults.size() == 1
                ? of(file, faults.get(0))
                : new CheckpointException(file + ": " + faults.size() + " faults\n  " + String.join("\n  ", faults));
    }

    /** The same fault with a hint at another checkpoint. Keeps the cause, which tells whether a disk failed. */
    CheckpointException withHint(String hint) {
        return new CheckpointException(getMessage() + "\n  " + hint, getCause());
    }

    static CheckpointException cannot(String act, Path path, IOException cause) {
        return new CheckpointException("cannot " + act + " " + path + ": " + reason(path, cause), cause);
    }

    /** Java's own messages are often no more than a path. */
    private static String reason(Path path, IOException cause) {
        if (!(cause instanceof FileSystemException fault)) {
            return String.valueOf(cause.getMessage());
        }
        String file = fault.getFile() == null || fault.getFile().equals(path.toString()) ? "" : fault.getFile() + ": ";
        if (fault instanceof NoSuchFileException) {
            return file + "no such file or directory";
        }
        if (fault instanceof AccessDeniedException) {
            return file + "permission denied";
        }
        if (fault instanceof FileAlreadyExistsException) {
            return file + "a file that is not a directory is in the way";
        }
        return file + (fault.getReason() == null ? fault.getClass().getSimpleName() : fault.getReason());
    }
}
