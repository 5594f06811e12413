package io.syncbn.worker.collective;

/**
 * The step that a shard computes is committed already, because another worker computes this shard as well and was faster. The
 * shard has nothing more to do in it; the step's sums are there, or on their way.
 */
public final class OvertakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OvertakenException(String reason) {
        super(reason);
    }
}
