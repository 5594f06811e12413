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
 * @param atLeastStep steps committed in its state, as far as is known
 * @param leaving why it is about to go, if it is
 */
public record Member(
        long connection,
        Join join,
        long heardNanos,
        boolean wasPlanned,
        int seat,
        Optional<Ready> ready,
        long atLeastStep,
        Optional<String> leaving) {

    static final int NO_SEAT = -1;

    static Member joined(long connection, Join join, long nowNanos) {
        return new Member(
                connection, join, nowNanos, false, NO_SEAT, Optional.empty(), join.getStep(), Optional.empty());
    }

    Member heardAt(long nowNanos) {
        return new Member(connection, join, nowNanos, wasPlanned, seat, ready, atLeastStep, leaving);
    }

    Member seatedAt(int number, long nowNanos) {
        return new Member(connection, join, nowNanos, true, number, Optional.empty(), atLeastStep, leaving);
    }

    Member unseated() {
        return new Member(connection, join, heardNanos, wasPlanned, NO_SEAT, Optional.empty(), atLeastStep, leaving);
    }

    Member readyAt(Ready standing) {
        return new Member(
                connection, join, heardNanos, wasPlanned, seat, Optional.of(standing), standing.getStep(), leaving);
    }

    Member notReady() {
        return new Member(connection, join, heardNanos, wasPlanned, seat, Optional.empty(), atLeastStep, leaving);
    }

    Member leavingFor(String reason) {
        return new Member(connection, join, heardNanos, wasPlanned, seat, ready, atLeastStep, Optional.of(reason));
    }

    /** It took part in a step that was committed, and so has at least all steps before that. */
    Member tookPartIn(long committedStep) {
        long step = Math.max(atLeastStep, committedStep - 1);
        return new Member(connection, join, heardNanos, wasPlanned, seat, ready, step, leaving);
    }

    public String name() {
        return join.getName();
    }

    public boolean isSeated() {
        return seat != NO_SEAT;
    }

    /** Whether somebody who introduces itself is this worker, on another connection. */
    boolean isSameProcess(Join other) {
        return name().equals(other.getName())
                && join.getHost().equals(other.getHost())
                && join.getProcessId() == other.getProcessId();
    }
}
