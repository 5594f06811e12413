package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Begin;
import io.syncbn.proto.v1.Ready;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Gives workers that are behind the state of the furthest, and begins the generation when all have it. */
final class Alignment {
    private Alignment() {}

    static void align(Draft draft, Standings standings) {
        Member source = standings.furthest();
        Ready state = standings.state();
        List<Member> behind = standings.behind();
        draft.alignStep = state.getStep();
        draft.alignedNanos = draft.nowNanos;
        if (!behind.isEmpty()) {
            draft.note(
                    Topic.ALIGN,
                    behind.stream()
                                    .map(worker -> worker.name() + " (step "
                                            + worker.ready().orElseThrow().getStep() + ")")
                                    .collect(Collectors.joining(", "))
                            + (behind.size() == 1 ? " takes" : " take") + " over the state of step " + state.getStep()
                            + " from " + source.name());
        }
        draft.effect(new Effect.Relay(
                source.seat(), behind.stream().map(Member::seat).toList(), state.getStep()));
        Align align = Align.newBuilder()
                .setGeneration(draft.generation)
                .setSource(source.seat())
                .setStep(state.getStep())
                .setStateDigest(state.getStateDigest())
                .setBatchesTracked(state.getBatchesTracked())
                .addAllDataStatistics(state.getDataStatisticsList())
                .setLeftOutInARow(state.getLeftOutInARow())
                .build();
        for (Member worker : standings.workers()) {
            if (!standings.isThere(worker)) {
                draft.update(worker.notReady());
            }
            draft.send(worker, ToWorker.newBuilder().setAlign(align));
        }
    }

    /** All have the same state, which defines how far the job is. */
    static void isReached(Draft draft, Standings standings) {
        draft.committedStep = standings.step();
        draft.baseStep = standings.step();
        draft.alignStep = CurrentGeneration.NOT_ALIGNED;
        draft.restoring = draft.restoring.known();
    }

    static void begin(Draft draft, Standings standings) {
        Assignment assignment = draft.assignment.orElseThrow();
        draft.origin = draft.origin.or(
                () -> Optional.of(JobOrigin.ofJob(standings.furthest().join())));
        draft.phase = Phase.RUNNING;
        draft.goesOn();
        draft.note(
                Topic.GENERATION,
                Optional.empty(),
                assignment.seats(),
                Optional.of(standings.state().getStateDigest()),
                "generation " + draft.generation + " begins after step " + draft.committedStep + ": "
                        + assignment.seats().stream()
                                .map(Assignment.Seat::toString)
                                .collect(Collectors.joining(", ")));
        draft.effect(new Effect.BeginGeneration(assignment, draft.committedStep));
        Begin begin = Begin.newBuilder()
                .setGeneration(draft.generation)
                .setStep(draft.committedStep)
                .build();
        for (Member worker : draft.seated()) {
            draft.send(worker, ToWorker.newBuilder().setBegin(begin));
        }
    }
}
