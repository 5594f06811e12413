package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.Finished;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A mutable {@link Membership}, and queries on it. */
abstract class Facts {
    final Rules rules;
    final long nowNanos;
    Phase phase;
    Set<String> expected;
    FaultHistory suspicions;
    long generation;
    Optional<Assignment> assignment;
    long alignStep;
    boolean isEnding;
    final Map<String, Finished> finished;
    Optional<String> keeper;
    long committedStep;
    long baseStep;
    int damagedInARow;
    Optional<JobOrigin> origin;
    Restoring restoring;
    Optional<String> stopping;
    long gatheringNanos;
    long joinedNanos;
    long alignedNanos;
    long tickedNanos;
    long progressNanos;
    long toldNanos;
    private final List<Member> members;
    private final List<NameClaimant> comers;

    Facts(Membership before, long nowNanos) {
        this.nowNanos = nowNanos;
        rules = before.rules();
        phase = before.phase();
        members = new ArrayList<>(before.members());
        comers = new ArrayList<>(before.comers());
        expected = before.roster().expected();
        suspicions = before.roster().suspicions();
        generation = before.current().number();
        assignment = before.current().assignment();
        alignStep = before.current().alignStep();
        isEnding = before.current().isEnding();
        finished = new HashMap<>(before.current().finished());
        keeper = before.current().keeper();
        committedStep = before.progress().committedStep();
        baseStep = before.progress().baseStep();
        damagedInARow = before.progress().damagedInARow();
        origin = before.progress().origin();
        restoring = before.progress().restoring();
        stopping = before.progress().stopping();
        gatheringNanos = before.times().gatheringNanos();
        joinedNanos = before.times().joinedNanos();
        alignedNanos = before.times().alignedNanos();
        tickedNanos = before.times().tickedNanos();
        progressNanos = before.times().progressNanos();
        toldNanos = before.times().toldNanos();
    }

    Membership state() {
        return new Membership(
                rules,
                phase,
                new Roster(members, comers, expected, suspicions),
                new CurrentGeneration(generation, assignment, alignStep, isEnding, finished, keeper),
                new Progress(committedStep, baseStep, damagedInARow, origin, restoring, stopping),
                new Membership.Times(gatheringNanos, joinedNanos, alignedNanos, tickedNanos, progressNanos, toldNanos));
    }

    /** A snapshot, which later changes do not affect. */
    List<Member> members() {
        return List.copyOf(members);
    }

    /** The workers of the present generation that are still members. */
    List<Member> seated() {
        return members.stream().filter(Member::isSeated).toList();
    }

    /** The members that may be seated: all but those that have come and gone too often. */
    List<Member> rested() {
        return members.stream().filter(member -> pauseNanos(member) == 0).toList();
    }

    long pauseNanos(Member member) {
        return suspicions.pauseNanos(member.name(), nowNanos);
    }

    List<NameClaimant> comers() {
        return List.copyOf(comers);
    }

    Optional<NameClaimant> comer(long connection) {
        return comers.stream().filter(comer -> comer.connection() == connection).findFirst();
    }

    void add(NameClaimant comer) {
        comers.add(comer);
    }

    void remove(NameClaimant comer) {
        comers.remove(comer);
    }

    Optional<Member> member(long connection) {
        return members.stream()
                .filter(member -> member.connection() == connection)
                .findFirst();
    }

    void add(Member member) {
        members.add(member);
    }

    void remove(Member member) {
        members.removeIf(other -> other.connection() == member.connection());
    }

    /** Removes a member, and remembers its departure if the job has begun. */
    void lose(Member member) {
        remove(member);
        if (generation > 0) {
            suspicions = suspicions.gone(member.name(), nowNanos);
        }
    }

    /** Replaces a member by a changed copy. */
    void update(Member member) {
        members.replaceAll(other -> other.connection() == member.connection() ? member : other);
    }

    /** The members that have to finish before the job ends. */
    List<Member> computing() {
        return phase == Phase.STOPPING ? members() : seated();
    }

    /** Whether a member has finished, so that nothing more is expected of it. */
    boolean hasFinished(Member member) {
        return (member.isSeated() || phase == Phase.STOPPING) && finished.containsKey(member.name());
    }

    /** Whether all have finished: the present generation's workers, or after a stop all members. */
    boolean haveAllFinished() {
        return phase == Phase.STOPPING ? members.stream().allMatch(this::hasFinished) : seats().allMatch(this::isDone);
    }

    Stream<Assignment.Seat> seats() {
        return assignment.stream().flatMap(now -> now.seats().stream());
    }

    boolean isDone(Assignment.Seat seat) {
        return finished.containsKey(seat.name());
    }

    /** Whether this member is the one to keep the checkpoint of a stop. */
    boolean isKeeper(Member member) {
        return phase == Phase.STOPPING && keeper.equals(Optional.of(member.name()));
    }

    /** Something awaited has arrived: the wait for the next thing starts now. */
    void goesOn() {
        progressNanos = nowNanos;
    }

    /** Time from then to the last tick: a timeout takes effect only at a tick, never together with another event. */
    long waitedNanos(long sinceNanos) {
        return tickedNanos - sinceNanos;
    }

    String describe(Member member) {
        return state().describe(member);
    }
}
