package io.syncbn.deploy.bench;

/** A measurement that came to nothing; the message says why. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BenchException(String message) {
        super(message);
    }
}
