package io.syncbn.coordinator.membership;

import java.util.concurrent.TimeUnit;

/**
 * What membership is judged by, fixed for a job.
 *
 * @param fingerprint of the coordinator's job
 * @param shards S
 * @param workers with how many of them the job goes on
 * @param patience how long the coordinator waits for workers
 * @param straggler what is done about a worker that makes the others wait
 * @param limits how much the coordinator may hold, how long a state may take, and how far a slow worker may fall behind
 */
public record Rules(
        String fingerprint,
        int shards,
        WorkerRange workers,
        MembershipTimeouts patience,
        Straggler straggler,
        Limits limits) {

    /** After a restart, so long the workers of the last generation have to come back, before the job goes on with fewer. */
    static final long RETURN_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** So long a worker may take to see that its connection is dead. */
    private static final long UNSEEN_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** So often a generation may break at one worker's connection before that worker loses its place. */
    static final int MOST_DAMAGES_OF_A_WORKER = 20;

    /** So many generations in a row may break, at whosever connection, before they have committed anything. */
    static final int MOST_DAMAGED_IN_A_ROW = 3 * MOST_DAMAGES_OF_A_WORKER;

    /** So many workers in a row may fail of the same fault before they have committed anything. */
    static final int MOST_SAME_FAULTS = 3;

    /** How long those who have a state that nobody else has may be away before it counts as lost. */
    long lostNanos() {
        return patience.silence().toNanos() + UNSEEN_NANOS + RETURN_NANOS;
    }
}
