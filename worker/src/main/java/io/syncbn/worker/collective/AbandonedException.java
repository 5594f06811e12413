package io.syncbn.worker.collective;

/** A sum will not come: its generation is over, or a shard of this process cannot go on. */
public final class AbandonedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AbandonedException(String reason) {
        super(reason);
    }
}
