package io.syncbn.worker.train;

import java.io.IOException;

/** Training that cannot go on; the message says where and why. */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TrainingException(String message) {
        super(message);
    }

    /** @param cause a fault of this worker's machine */
    public TrainingException(String message, IOException cause) {
        super(message, cause);
    }
}
