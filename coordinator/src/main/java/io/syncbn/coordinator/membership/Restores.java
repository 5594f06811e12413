package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.Restore;
import io.syncbn.proto.v1.ToWorker;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;

/** Restores a job that has lost every copy of its model from a checkpoint. */
final class Restores {
    private Restores() {}

    /**
     * Asks all members for a checkpoint, and returns whether they have answered. Asks at once if all workers that may
     * have had the state are back without it, else after they have had time to come back.
     */
    static boolean isFound(Draft draft) {
        if (!areLost(draft)) {
            return false;
        }
        draft.members().stream()
                .filter(member -> !draft.restoring.asked().contains(member.connection()))
                .forEach(member -> ask(draft, member));
        boolean haveAllAnswered = draft.members().stream()
                .allMatch(member -> draft.restoring.answered().contains(member.connection()));
        // A disk that hangs must not stop the job, even if it has to begin again from its start.
        return haveAllAnswered
                || draft.waitedNanos(draft.restoring.askedNanos())
                        >= draft.rules.patience().join().toNanos();
    }

    private static boolean areLost(Draft draft) {
        Set<String> had = !draft.expected.isEmpty()
                ? draft.expected
                : draft.assignment
                        .map(last ->
                                last.seats().stream().map(Assignment.Seat::name).collect(Collectors.toSet()))
                        .orElse(Set.of());
        Set<String> present = draft.members().stream().map(Member::name).collect(Collectors.toSet());
        return present.containsAll(had) || draft.waitedNanos(draft.gatheringNanos) >= draft.rules.lostNanos();
    }

    private static void ask(Draft draft, Member member) {
        draft.restoring = draft.restoring.ask(member.connection(), draft.nowNanos);
        draft.send(
                member,
                ToWorker.newBuilder()
                        .setRestore(Restore.newBuilder()
                                .setReason(
                                        "nobody is left who has step " + draft.baseStep + " and what came after it")));
    }

    static void restored(Draft draft, Member member, Event.Restored restored) {
        boolean isAwaited = draft.phase == Phase.GATHERING
                && draft.restoring.asked().contains(member.connection())
                && restored.step() >= member.state().atLeastStep();
        if (isAwaited) {
            draft.update(member.standsAt(restored.step()));
            draft.restoring = draft.restoring.answeredBy(member.connection(), restored.isFromCheckpoint());
        }
    }

    static void goBack(Draft draft) {
        Member furthest = draft.members().stream()
                .max(Comparator.comparing((Member member) -> member.state().atLeastStep())
                        .thenComparing(member -> draft.restoring.found().contains(member.connection())))
                .orElseThrow();
        long before = draft.committedStep;
        long step = furthest.state().atLeastStep();
        boolean isFound = draft.restoring.found().contains(furthest.connection());
        draft.committedStep = step;
        draft.baseStep = step;
        draft.restoring = draft.restoring.restored();
        draft.note(
                Topic.RESTORED,
                "every copy of the model was lost: the job goes "
                        + (step < before ? "back from step " + before + " to " : "on from ")
                        + where(step, isFound, furthest));
    }

    private static String where(long step, boolean isFound, Member furthest) {
        if (isFound) {
            return "the checkpoint of step " + step;
        }
        return (step == 0 ? "its start" : "step " + step + ", where " + furthest.name() + " stands")
                + ", because no worker can read a later checkpoint";
    }
}
