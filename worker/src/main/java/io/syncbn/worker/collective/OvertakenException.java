package io.syncbn.worker.collective;

/**
 * The step that a shard computes is committed already, because a backup computes the shard too and was faster. The
 * shard has nothing more to do in this step; the step's sums have arrived or are on their way.
 */
public final class OvertakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OvertakenException(String reason) {
        super(reason);
    }
}
