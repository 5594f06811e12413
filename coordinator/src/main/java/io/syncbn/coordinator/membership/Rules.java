package io.syncbn.coordinator.membership;

import java.util.concurrent.TimeUnit;

/**
 * The rules of membership, fixed for a job.
 *
 * @param fingerprint of the coordinator's job
 * @param shards S
 * @param workers how many workers the job runs with
 * @param patience how long the coordinator waits for workers
 * @param straggler what to do about a worker that makes the others wait
 * @param limits how much the coordinator may hold, how long a state transfer may take, and how far a slow worker may
 *     fall behind
 */
public record Rules(
        String fingerprint,
        int shards,
        WorkerRange workers,
        MembershipTimeouts patience,
        Straggler straggler,
        Limits limits) {

    /** How long the last generation's workers have to come back after a restart, before the job goes on with fewer. */
    static final long RETURN_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long a worker may take to notice that its connection is dead. */
    private static final long UNSEEN_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** How often a generation may break at one worker's connection before that worker is evicted. */
    static final int MOST_DAMAGES_OF_A_WORKER = 20;

    /** How many generations in a row, without a commit, may break at any connections before the job fails. */
    static final int MOST_DAMAGED_IN_A_ROW = 3 * MOST_DAMAGES_OF_A_WORKER;

    /** How many workers in a row, without a commit, may fail with the same fault before the job fails. */
    static final int MOST_SAME_FAULTS = 3;

    /** How long the workers that have the only copies of a state may be away before it counts as lost. */
    long lostNanos() {
        return patience.silence().toNanos() + UNSEEN_NANOS + RETURN_NANOS;
    }
}
