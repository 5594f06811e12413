package io.syncbn.worker.mlflow;

/** A server that did not do what it was asked to; the message says which, and why. */
public final class MlflowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    MlflowException(String message, String code) {
        super(message);
        this.code = code;
    }

    MlflowException(String message, Throwable cause) {
        super(message, cause);
        this.code = "";
    }

    /** Whether the server knows no experiment or run of that name. */
    boolean isUnknown() {
        return code.equals("RESOURCE_DOES_NOT_EXIST");
    }

    /** Whether somebody else was faster to make it. */
    boolean isThereAlready() {
        return code.equals("RESOURCE_ALREADY_EXISTS");
    }
}
