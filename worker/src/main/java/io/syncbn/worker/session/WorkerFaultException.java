package io.syncbn.worker.session;

/** This worker alone cannot go on; the message says why. The job goes on without it. */
public final class WorkerFaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WorkerFaultException(String reason) {
        super(reason);
    }

    public WorkerFaultException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
