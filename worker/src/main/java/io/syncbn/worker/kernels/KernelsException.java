package io.syncbn.worker.kernels;

/** Kernels that cannot do what a job asks for on this machine; the message is for the user. */
public final class KernelsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KernelsException(String message) {
        super(message);
    }
}
