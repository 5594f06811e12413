package io.syncbn.deploy.command;

/** A launched job that failed; the message says which process and why. */
final class LaunchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LaunchException(String message) {
        super(message);
    }
}
