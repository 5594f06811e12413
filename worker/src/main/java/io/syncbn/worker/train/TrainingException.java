package io.syncbn.worker.train;

/** Training that cannot go on; the message says where and why. */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TrainingException(String message) {
        super(message);
    }
}
