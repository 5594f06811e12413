package io.syncbn.worker.nn;

/** An impossible model; the message names the layer and the shapes, in words for the user. */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
