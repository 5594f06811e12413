package io.syncbn.deploy.chaos;

/** A fault that could not be carried out, with the reason. */
final class FaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FaultException(String message) {
        super(message);
    }
}
