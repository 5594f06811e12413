package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Released;
import io.syncbn.proto.v1.ToWorker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One decision while it is made: the facts as they change, and the effects so far. Lives for one event.
 *
 * <p>Three facts live no longer than that: why the job cannot go on, that the generation broke although nobody is gone, and
 * that a step was committed. {@link Transitions} looks at them.
 */
final class Draft {
    final Rules rules;
    final long nowNanos;
    Phase phase;
    long generation;
    long committedStep;
    long baseStep;
    Optional<Assignment> assignment;
    Optional<JobOrigin> origin;
    Restoring restoring;
    final Map<String, Finished> finished;
    Set<String> expected;
    Optional<String> stopping;
    boolean isEnding;
    long alignStep;
    int damagedInARow;
    Suspicions suspicions;
    long gatheringNanos;
    long joinedNanos;
    long alignedNanos;
    long tickedNanos;
    long progressNanos;
    long toldNanos;
    boolean hasCommitted;
    private Optional<String> failure = Optional.empty();
    private boolean hasBroken;
    private final List<Member> members;
    private final List<Comer> comers;
    private final List<Effect> effects;

    Draft(Membership before, long nowNanos) {
        this(before, nowNanos, new ArrayList<>());
    }

    private Draft(Membership before, long nowNanos, List<Effect> effects) {
        this.nowNanos = nowNanos;
        this.effects = effects;
        rules = before.rules();
        phase = before.phase();
        members = new ArrayList<>(before.members());
        comers = new ArrayList<>(before.comers());
        generation = before.generation();
        committedStep = before.committedStep();
        baseStep = before.baseStep();
        assignment = before.assignment();
        origin = before.origin();
        restoring = before.restoring();
        finished = new HashMap<>(before.finished());
        expected = before.expected();
        stopping = before.stopping();
        isEnding = before.isEnding();
        alignStep = before.alignStep();
        damagedInARow = before.damagedInARow();
        suspicions = before.suspicions();
        gatheringNanos = before.times().gatheringNanos();
        joinedNanos = before.times().joinedNanos();
        alignedNanos = before.times().alignedNanos();
        tickedNanos = before.times().tickedNanos();
        progressNanos = before.times().progressNanos();
        toldNanos = before.times().toldNanos();
    }

    /** The decision that comes with this one: its effects come after those of this one. */
    Draft followed() {
        return new Draft(state(), nowNanos, effects);
    }

    Decision decision() {
        return new Decision(state(), effects);
    }

    private Membership state() {
        return new Membership(
                rules,
                phase,
                members,
                comers,
                generation,
                committedStep,
                baseStep,
                assignment,
                origin,
                restoring,
                finished,
                expected,
                stopping,
                isEnding,
                alignStep,
                damagedInARow,
                suspicions,
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

    /** Something came that was waited for; what comes next is waited for from now on. */
    void goesOn() {
        progressNanos = nowNanos;
    }

    /** Since then, as of the last look at the clock: that something took too long is a reason to act by itself, at a tick. */
    long waitedNanos(long sinceNanos) {
        return tickedNanos - sinceNanos;
    }

    List<Comer> comers() {
        return List.copyOf(comers);
    }

    Optional<Comer> comer(long connection) {
        return comers.stream().filter(comer -> comer.connection() == connection).findFirst();
    }

    void add(Comer comer) {
        comers.add(comer);
    }

    void remove(Comer comer) {
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

    /** The job cannot go on. The first reason is the one that counts. */
    void fail(String reason) {
        failure = failure.or(() -> Optional.of(reason));
    }

    Optional<String> failure() {
        return failure;
    }

    /** The generation cannot go on, although nobody is gone. */
    void breakGeneration() {
        hasBroken = true;
    }

    /** Whether the generation cannot go on: it broke, or somebody who has a place in it is gone and had not finished. */
    boolean isBroken() {
        boolean isThereOne = phase == Phase.ALIGNING || phase == Phase.RUNNING;
        return isThereOne
                && (hasBroken
                        || seats().anyMatch(seat -> !isDone(seat)
                                && seated().stream()
                                        .noneMatch(member -> member.name().equals(seat.name()))));
    }

    /** Whether nothing is waited for any more: of those who have a place, or after a stop of all who are there. */
    boolean haveAllFinished() {
        return phase == Phase.STOPPING ? members.stream().allMatch(this::hasFinished) : seats().allMatch(this::isDone);
    }

    private Stream<Assignment.Seat> seats() {
        return assignment.stream().flatMap(now -> now.seats().stream());
    }

    private boolean isDone(Assignment.Seat seat) {
        return finished.containsKey(seat.name());
    }

    /** Lets the generation end with the step being computed. */
    void endWithStep() {
        if (!isEnding) {
            isEnding = true;
            effect(new Effect.EndWithStep());
        }
    }

    void effect(Effect effect) {
        effects.add(effect);
    }

    void send(Member member, ToWorker.Builder message) {
        effects.add(new Effect.Send(member.connection(), message.build()));
    }

    /** Lets a worker go. It is no member from here on. */
    void release(Member member, String reason) {
        lose(member);
        release(member.connection(), reason);
    }

    /** Lets somebody go who is no member. */
    void release(long connection, String reason) {
        sendLast(
                connection,
                ToWorker.newBuilder().setReleased(Released.newBuilder().setReason(reason)));
    }

    /** Sends something, and ends the control stream. */
    void sendLast(long connection, ToWorker.Builder message) {
        effects.add(new Effect.Send(connection, message.build()));
        effects.add(new Effect.End(connection));
    }

    void note(Topic topic, String text) {
        note(topic, Optional.empty(), List.of(), Optional.empty(), text);
    }

    void note(Topic topic, String worker, String text) {
        note(topic, Optional.of(worker), List.of(), Optional.empty(), text);
    }

    void note(
            Topic topic, Optional<String> worker, List<Assignment.Seat> workers, Optional<String> digest, String text) {
        effects.add(new Effect.Note(topic, generation, committedStep, worker, workers, digest, text));
    }

    String describe(Member member) {
        return state().describe(member);
    }
}
