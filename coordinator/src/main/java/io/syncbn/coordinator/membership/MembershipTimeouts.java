package io.syncbn.coordinator.membership;

import java.time.Duration;

/**
 * How long a coordinator waits for workers that have joined, or may join.
 *
 * @param join how long the job waits for the fewest workers
 * @param heartbeat how often a worker sends a heartbeat
 * @param silence how long a worker may be silent before it counts as lost
 * @param settle with enough workers, but not the most, a generation begins when nobody has joined for this long
 * @param deadlineSlack how long a sum of a step may wait for parts, on top of twice the median of recent steps
 * @param prepare how long a worker may take to get ready for its shards, or to finish when the job ends
 */
public record MembershipTimeouts(
        Duration join,
        Duration heartbeat,
        Duration silence,
        Duration settle,
        Duration deadlineSlack,
        Duration prepare) {
    /**
     * Silence is several heartbeats, so that a garbage collection or a busy machine is not mistaken for a dead worker.
     */
    private static final int HEARTBEATS_OF_SILENCE = 5;

    private static final Duration SETTLE = Duration.ofSeconds(1);

    /** The timeouts a user may set, with the others derived from them. */
    public static MembershipTimeouts of(Duration join, Duration silence, Duration deadlineSlack, Duration prepare) {
        Duration heartbeat = Duration.ofMillis(Math.max(1, silence.toMillis() / HEARTBEATS_OF_SILENCE));
        return new MembershipTimeouts(join, heartbeat, silence, SETTLE, deadlineSlack, prepare);
    }
}
