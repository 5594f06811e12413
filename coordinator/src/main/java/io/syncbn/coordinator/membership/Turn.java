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

/** One decision while it is made: the state as it changes, and the effects so far. Lives for one event. */
final class Turn {
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
    private final List<Member> members;
    private final List<Comer> comers;
    private final List<Effect> effects = new ArrayList<>();

    Turn(Membership before, long nowNanos) {
        this.nowNanos = nowNanos;
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

    Membership.Decision decision() {
        return new Membership.Decision(state(), effects);
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

    void effect(Effect effect) {
        effects.add(effect);
    }

    void send(Member member, ToWorker.Builder message) {
        effects.add(new Effect.Send(member.connection(), message.build()));
    }

    /** Lets a worker go. It is no member from here on. */
    void release(Member member, String reason) {
        lose(member);
        send(member, ToWorker.newBuilder().setReleased(Released.newBuilder().setReason(reason)));
        effects.add(new Effect.End(member.connection()));
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
