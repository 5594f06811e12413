package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Ready;
import java.util.Optional;

/**
 * A worker that has joined.
 *
 * @param connection its control stream
 * @param join what it said of itself
 * @param heardNanos when it last sent anything there
 * @param wasPlanned whether it has ever had a Plan, and so sends signs of life
 * @param seat its number in the present generation, or {@link #NO_SEAT}
 * @param ready where it stands in the present generation, as soon as it has said so
 * @param state what is known of its state
 * @param leaving why it is about to go, if it is
 * @param slowness whether its shards are to be computed by another as well
 */
public record Member(
        long connection,
        Join join,
        long heardNanos,
        boolean wasPlanned,
        int seat,
        Optional<Ready> ready,
        Known state,
        Optional<String> leaving,
        Slowness slowness) {

    static final int NO_SEAT = -1;

    /**
     * What is known of a worker's state.
     *
     * @param atLeastStep steps committed in it
     * @param mayBeFurther whether its backup did its share of later steps: how many of these it took over itself, it only
     *     says when it is asked
     */
    public record Known(long atLeastStep, boolean mayBeFurther) {}

    static Member joined(long connection, Join join, long nowNanos) {
        return new Member(
                connection,
                join,
                nowNanos,
                false,
                NO_SEAT,
                Optional.empty(),
                new Known(join.getStep(), false),
                Optional.empty(),
                Slowness.NONE);
    }

    Member heardAt(long nowNanos) {
        return new Member(connection, join, nowNanos, wasPlanned, seat, ready, state, leaving, slowness);
    }

    Member seatedAt(int number, long nowNanos) {
        return new Member(connection, join, nowNanos, true, number, Optional.empty(), state, leaving, slowness);
    }

    Member unseated() {
        return new Member(
                connection, join, heardNanos, wasPlanned, NO_SEAT, Optional.empty(), state, leaving, slowness);
    }

    Member readyAt(Ready standing) {
        Known known = new Known(standing.getStep(), false);
        return new Member(
                connection, join, heardNanos, wasPlanned, seat, Optional.of(standing), known, leaving, slowness);
    }

    Member standsAt(long step) {
        Known known = new Known(step, false);
        return new Member(connection, join, heardNanos, wasPlanned, seat, ready, known, leaving, slowness);
    }

    Member notReady() {
        return new Member(connection, join, heardNanos, wasPlanned, seat, Optional.empty(), state, leaving, slowness);
    }

    Member leavingFor(String reason) {
        return new Member(connection, join, heardNanos, wasPlanned, seat, ready, state, Optional.of(reason), slowness);
    }

    /** It took part in a step that was committed, and so has all steps before that, unless its backup did its share. */
    Member tookPartIn(long committedStep, boolean hasBackup) {
        Known known = hasBackup
                ? new Known(state.atLeastStep(), true)
                : new Known(Math.max(state.atLeastStep(), committedStep - 1), false);
        return new Member(connection, join, heardNanos, wasPlanned, seat, ready, known, leaving, slowness);
    }

    Member withSlowness(Slowness now) {
        return new Member(connection, join, heardNanos, wasPlanned, seat, ready, state, leaving, now);
    }

    public String name() {
        return join.getName();
    }

    public boolean isSeated() {
        return seat != NO_SEAT;
    }

    /** Whether it certainly has these steps. */
    boolean has(long step) {
        return state.atLeastStep() >= step;
    }

    boolean mayHave(long step) {
        return has(step) || state.mayBeFurther();
    }

    /** Whether somebody who introduces itself is this worker, on another connection. */
    boolean isSameProcess(Join other) {
        return name().equals(other.getName())
                && join.getHost().equals(other.getHost())
                && join.getProcessId() == other.getProcessId();
    }
}
