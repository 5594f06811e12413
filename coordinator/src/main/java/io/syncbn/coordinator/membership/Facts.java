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

/** A {@link Membership} whose parts can be changed, and what is asked of them. */
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

    /** As they are now; not changed by later decisions. */
    List<Member> members() {
        return List.copyOf(members);
    }

    /** Those of the present generation that are still there. */
    List<Member> seated() {
        return members.stream().filter(Member::isSeated).toList();
    }

    /** Those that may be dealt a place: all but those that have come and gone too often. */
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

    /** It is no member any more; and that it goes is remembered, if the job had begun. */
    void lose(Member member) {
        remove(member);
        if (generation > 0) {
            suspicions = suspicions.gone(member.name(), nowNanos);
        }
    }

    /** Puts a changed member in the place of what it was. */
    void update(Member member) {
        members.replaceAll(other -> other.connection() == member.connection() ? member : other);
    }

    /** Those whose end the job waits for. */
    List<Member> computing() {
        return phase == Phase.STOPPING ? members() : seated();
    }

    /** Whether a member has done what there was to do; nothing is waited for from it any more. */
    boolean hasFinished(Member member) {
        return (member.isSeated() || phase == Phase.STOPPING) && finished.containsKey(member.name());
    }

    /** Whether nothing is waited for any more: of those who have a place, or after a stop of all who are there. */
    boolean haveAllFinished() {
        return phase == Phase.STOPPING ? members.stream().allMatch(this::hasFinished) : seats().allMatch(this::isDone);
    }

    Stream<Assignment.Seat> seats() {
        return assignment.stream().flatMap(now -> now.seats().stream());
    }

    boolean isDone(Assignment.Seat seat) {
        return finished.containsKey(seat.name());
    }

    /** Whether a member is the one that is to keep the checkpoint of a stop. */
    boolean isKeeper(Member member) {
        return phase == Phase.STOPPING && keeper.equals(Optional.of(member.name()));
    }

    /** Something came that was waited for; what comes next is waited for from now on. */
    void goesOn() {
        progressNanos = nowNanos;
    }

    /** Since then, as of the last look at the clock: that something took too long is a reason to act by itself, at a tick. */
    long waitedNanos(long sinceNanos) {
        return tickedNanos - sinceNanos;
    }

    String describe(Member member) {
        return state().describe(member);
    }
}
