package io.syncbn.worker.record;

import java.io.IOException;

/** A failure to record a run without which training cannot go on; the message says where and why. */
public final class RecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RecordException(String message) {
        super(message);
    }

    /** @param cause a fault of this worker's machine */
    public RecordException(String message, IOException cause) {
        super(message, cause);
    }
}
