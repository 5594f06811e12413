package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.Released;
import io.syncbn.proto.v1.ToWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A decision in progress: the facts as they change, and the effects so far. Lives for one event.
 *
 * <p>Three facts live only as long, for {@link Transitions}: why the job cannot go on, that the generation broke
 * although no worker is gone, and that a step was committed.
 */
final class Draft extends Facts {
    boolean hasCommitted;
    private Optional<String> failure = Optional.empty();
    private boolean hasBroken;
    private final List<Effect> effects;

    Draft(Membership before, long nowNanos) {
        this(before, nowNanos, new ArrayList<>());
    }

    private Draft(Membership before, long nowNanos, List<Effect> effects) {
        super(before, nowNanos);
        this.effects = effects;
    }

    /** A decision that follows this one: its effects come after this one's. */
    Draft followed() {
        return new Draft(state(), nowNanos, effects);
    }

    Decision decision() {
        return new Decision(state(), effects);
    }

    /** Marks the job as failed. The first reason is kept. */
    void fail(String reason) {
        failure = failure.or(() -> Optional.of(reason));
    }

    Optional<String> failure() {
        return failure;
    }

    /** Marks the generation as broken, although no worker is gone. */
    void breakGeneration() {
        hasBroken = true;
    }

    /** Whether the generation cannot go on: it broke, or one of its workers is gone and had not finished. */
    boolean isBroken() {
        boolean isThereOne = phase == Phase.ALIGNING || phase == Phase.RUNNING;
        return isThereOne
                && (hasBroken
                        || seats().anyMatch(seat -> !isDone(seat)
                                && seated().stream()
                                        .noneMatch(member -> member.name().equals(seat.name()))));
    }

    /** Ends the generation with the step being computed. */
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

    /** Releases a member, which it no longer is from here on. */
    void release(Member member, String reason) {
        lose(member);
        release(member.connection(), reason);
    }

    /** Releases a worker that is not a member. */
    void release(long connection, String reason) {
        sendLast(
                connection,
                ToWorker.newBuilder().setReleased(Released.newBuilder().setReason(reason)));
    }

    /** Sends a message, then ends the control stream. */
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
}
