package io.syncbn.worker.classes;

/** A class of the user's that exists but cannot be used; the message says why. */
public final class UserClassException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UserClassException(String message, Throwable cause) {
        super(message, cause);
    }
}
