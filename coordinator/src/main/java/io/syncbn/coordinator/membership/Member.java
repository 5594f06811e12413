package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Ready;
import java.util.Optional;

/**
 * A worker that has joined. Immutable; each part is replaced by {@code with}.
 *
 * @param connection its control stream
 * @param join its Join message
 * @param contact what was received from it since
 * @param place its place in the present generation, if it has one
 * @param state what is known of its state
 * @param slowness whether it needs a backup
 */
public record Member(long connection, Join join, Contact contact, Place place, Known state, Slowness slowness) {

    /**
     * What was received from a worker.
     *
     * @param heardNanos when it was last heard from
     * @param wasPlanned whether it has ever had a Plan, and so sends heartbeats
     * @param leaving why it wants to leave, if it does
     */
    public record Contact(long heardNanos, boolean wasPlanned, Optional<String> leaving) {}

    /**
     * A place in a generation.
     *
     * @param number the worker's, or {@link #NO_NUMBER}
     * @param ready its state, once it has reported it
     */
    public record Place(int number, Optional<Ready> ready) {
        private static final int NO_NUMBER = -1;
        private static final Place NONE = new Place(NO_NUMBER, Optional.empty());
    }

    /**
     * What is known of a worker's state.
     *
     * @param atLeastStep steps committed in it
     * @param mayBeFurther whether its backup computed its share of later steps; how many of these it has applied, it
     *     reports only when asked
     */
    public record Known(long atLeastStep, boolean mayBeFurther) {}

    static Member joined(long connection, Join join, long nowNanos) {
        return new Member(
                connection,
                join,
                new Contact(nowNanos, false, Optional.empty()),
                Place.NONE,
                new Known(join.getStep(), false),
                Slowness.NONE);
    }

    private Member with(Contact now) {
        return new Member(connection, join, now, place, state, slowness);
    }

    private Member with(Place now) {
        return new Member(connection, join, contact, now, state, slowness);
    }

    private Member with(Known now) {
        return new Member(connection, join, contact, place, now, slowness);
    }

    Member with(Slowness now) {
        return new Member(connection, join, contact, place, state, now);
    }

    Member heardAt(long nowNanos) {
        return with(new Contact(nowNanos, contact.wasPlanned, contact.leaving));
    }

    Member leavingFor(String reason) {
        return with(new Contact(contact.heardNanos, contact.wasPlanned, Optional.of(reason)));
    }

    Member seatedAt(int number, long nowNanos) {
        return with(new Contact(nowNanos, true, contact.leaving)).with(new Place(number, Optional.empty()));
    }

    Member unseated() {
        return with(Place.NONE);
    }

    Member readyAt(Ready standing) {
        return with(new Place(place.number, Optional.of(standing))).standsAt(standing.getStep());
    }

    Member notReady() {
        return with(new Place(place.number, Optional.empty()));
    }

    Member standsAt(long step) {
        return with(new Known(step, false));
    }

    /** It took part in a committed step, and so has all earlier steps, unless its backup computed its share. */
    Member tookPartIn(long committedStep, boolean hasBackup) {
        return with(
                hasBackup
                        ? new Known(state.atLeastStep(), true)
                        : new Known(Math.max(state.atLeastStep(), committedStep - 1), false));
    }

    public String name() {
        return join.getName();
    }

    long heardNanos() {
        return contact.heardNanos;
    }

    boolean wasPlanned() {
        return contact.wasPlanned;
    }

    Optional<String> leaving() {
        return contact.leaving;
    }

    /** Its number in the present generation. */
    public int seat() {
        return place.number;
    }

    public boolean isSeated() {
        return place.number != Place.NO_NUMBER;
    }

    Optional<Ready> ready() {
        return place.ready;
    }

    /** Whether it certainly has this many steps. */
    boolean has(long step) {
        return state.atLeastStep() >= step;
    }

    boolean mayHave(long step) {
        return has(step) || state.mayBeFurther();
    }

    /** Whether a Join is from this same worker, on another connection. */
    boolean isSameProcess(Join other) {
        return name().equals(other.getName())
                && join.getHost().equals(other.getHost())
                && join.getProcessId() == other.getProcessId();
    }
}
