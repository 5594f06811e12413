package io.syncbn.worker.data;

/** Data that is missing, truncated, corrupt or wrong; the message names the file and what was expected. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
