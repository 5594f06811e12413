package io.syncbn.worker.kernels;

/** Natives that cannot do what a job asks for on this machine; the message is for the user. */
public final class NativesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NativesException(String message) {
        super(message);
    }
}
