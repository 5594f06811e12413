package io.syncbn.worker.collective;

/** The job is over for this worker, and perhaps for all; the message says why, in words for the user. */
public final class JobFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JobFailedException(String reason) {
        super(reason);
    }
}
