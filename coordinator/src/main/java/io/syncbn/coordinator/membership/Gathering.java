package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Hold;
import io.syncbn.proto.v1.ToWorker;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;

/** Waits for workers while there are too few. */
final class Gathering {
    private Gathering() {}

    /** Too few workers are left, or none that has the state: starts waiting for others. */
    static void begin(Draft draft) {
        draft.phase = Phase.GATHERING;
        draft.gatheringNanos = draft.nowNanos;
        draft.joinedNanos = draft.nowNanos;
        draft.restoring = draft.restoring.over();
        draft.members().forEach(member -> draft.update(member.unseated()));
    }

    /** Tells the workers that are left to wait for others. */
    static void hold(Draft draft, String reason) {
        draft.note(Topic.HOLD, reason);
        for (Member member : draft.members()) {
            if (member.wasPlanned()) {
                draft.send(
                        member,
                        ToWorker.newBuilder()
                                .setHold(Hold.newBuilder()
                                        .setCommittedStep(draft.committedStep)
                                        .setReason(reason)));
            }
        }
    }

    /** Why the workers that are left cannot go on, if they cannot. */
    static Optional<String> obstacle(Draft draft) {
        if (draft.rested().size() < draft.rules.workers().least()) {
            return Optional.of(tooFewAreLeft(draft));
        }
        return hasReplica(draft) ? Optional.empty() : Optional.of(noReplica(draft));
    }

    private static String tooFewAreLeft(Draft draft) {
        int left = draft.members().size();
        if (left >= draft.rules.workers().least()) {
            return tooManyWait(draft);
        }
        return (left == 0 ? "no worker is left" : left == 1 ? "1 worker is left" : left + " workers are left")
                + ", the job waits until it has " + draft.rules.workers().least();
    }

    private static String tooManyWait(Draft draft) {
        return draft.members().stream()
                .filter(member -> draft.pauseNanos(member) > 0)
                .map(member -> draft.suspicions.hasToRest(member.name(), draft.nowNanos))
                .collect(Collectors.joining("; "));
    }

    /** Whether a member has all committed steps, except the last at most. */
    static boolean hasReplica(Draft draft) {
        return draft.members().stream()
                .filter(member -> member.join().getGeneration() >= draft.restoring.lastBegun())
                .anyMatch(member -> member.mayHave(draft.baseStep));
    }

    private static String noReplica(Draft draft) {
        return "step " + draft.baseStep + " was committed, but the furthest worker"
                + draft.members().stream()
                        .max(Comparator.comparing(member -> member.state().atLeastStep()))
                        .map(member -> ", " + member.name() + ", stands at "
                                + member.state().atLeastStep())
                        .orElse(" is gone")
                + "; the job waits for one that is there, or goes back to a checkpoint";
    }

    /** Whether the join timeout is over with too few workers. */
    static boolean isTooLate(Draft draft) {
        return isTimeOver(draft)
                && draft.members().size() < draft.rules.workers().least();
    }

    /** Whether the job waits for no more workers. */
    static boolean isReady(Draft draft) {
        if (isTimeOver(draft)) {
            return true;
        }
        int workers = draft.rested().size();
        if (workers < draft.rules.workers().least()) {
            return false;
        }
        boolean waitsForReturn =
                !draft.expected.isEmpty() && draft.waitedNanos(draft.gatheringNanos) < Rules.RETURN_NANOS;
        return waitsForReturn
                ? draft.members().stream()
                        .map(Member::name)
                        .collect(Collectors.toSet())
                        .containsAll(draft.expected)
                : workers >= draft.rules.workers().most()
                        || draft.waitedNanos(draft.joinedNanos)
                                >= draft.rules.patience().settle().toNanos();
    }

    private static boolean isTimeOver(Draft draft) {
        return draft.waitedNanos(draft.gatheringNanos)
                >= draft.rules.patience().join().toNanos();
    }

    static String tooFew(Draft draft) {
        String names = draft.members().stream()
                .map(Member::name)
                .sorted(new NaturalOrder())
                .collect(Collectors.joining(", "));
        return draft.rules.workers().count(draft.members().size()) + " joined within "
                + draft.rules.patience().join().toSeconds() + " s"
                + (names.isEmpty() ? "" : ": " + names);
    }
}
