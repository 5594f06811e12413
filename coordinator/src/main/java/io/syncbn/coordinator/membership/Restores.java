package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.Restore;
import io.syncbn.proto.v1.ToWorker;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;

/** How a job that has lost every copy of its model goes back to a checkpoint. */
final class Restores {
    private Restores() {}

    /**
     * Asks all who are there for a checkpoint, and goes on from where the furthest stands when they have answered: at once if
     * those who may have had the state are back without it, else after they have had time to come back.
     */
    static void seek(Turn turn) {
        if (!areLost(turn)) {
            return;
        }
        turn.members().stream()
                .filter(member -> !turn.restoring.asked().contains(member.connection()))
                .forEach(member -> ask(turn, member));
        boolean haveAllAnswered = turn.members().stream()
                .allMatch(member -> turn.restoring.answered().contains(member.connection()));
        // A disk that does not answer must not keep the job from going on, if only from its start.
        if (haveAllAnswered || turn.nowNanos - turn.restoring.askedNanos() >= turn.rules.joinTimeoutNanos()) {
            goBack(turn);
        }
    }

    private static boolean areLost(Turn turn) {
        Set<String> had = !turn.expected.isEmpty()
                ? turn.expected
                : turn.assignment
                        .map(last ->
                                last.seats().stream().map(Assignment.Seat::name).collect(Collectors.toSet()))
                        .orElse(Set.of());
        Set<String> present = turn.members().stream().map(Member::name).collect(Collectors.toSet());
        return present.containsAll(had) || turn.nowNanos - turn.gatheringNanos >= turn.rules.lostNanos();
    }

    private static void ask(Turn turn, Member member) {
        turn.restoring = turn.restoring.ask(member.connection(), turn.nowNanos);
        turn.send(
                member,
                ToWorker.newBuilder()
                        .setRestore(Restore.newBuilder()
                                .setReason(
                                        "nobody is left who has step " + turn.baseStep + " and what came after it")));
    }

    static void restored(Turn turn, Member member, Event.Restored restored) {
        boolean isAwaited = turn.phase == Phase.GATHERING
                && turn.restoring.asked().contains(member.connection())
                && restored.step() >= member.state().atLeastStep();
        if (isAwaited) {
            turn.update(member.standsAt(restored.step()));
            turn.restoring = turn.restoring.answeredBy(member.connection(), restored.isFromCheckpoint());
            Gathering.beginIfReady(turn);
        }
    }

    private static void goBack(Turn turn) {
        Member furthest = turn.members().stream()
                .max(Comparator.comparing((Member member) -> member.state().atLeastStep())
                        .thenComparing(member -> turn.restoring.found().contains(member.connection())))
                .orElseThrow();
        long before = turn.committedStep;
        long step = furthest.state().atLeastStep();
        boolean isFound = turn.restoring.found().contains(furthest.connection());
        turn.committedStep = step;
        turn.baseStep = step;
        turn.restoring = turn.restoring.restored();
        turn.note(
                Topic.RESTORED,
                "every copy of the model was lost: the job goes "
                        + (step < before ? "back from step " + before + " to " : "on from ")
                        + where(step, isFound, furthest));
        Seating.deal(turn);
    }

    private static String where(long step, boolean isFound, Member furthest) {
        if (isFound) {
            return "the checkpoint of step " + step;
        }
        return (step == 0 ? "its start" : "step " + step + ", where " + furthest.name() + " stands")
                + ", because no worker can read a later checkpoint";
    }
}
