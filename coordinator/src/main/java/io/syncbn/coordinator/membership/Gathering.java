package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Hold;
import io.syncbn.proto.v1.ToWorker;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What happens while there are too few workers. */
final class Gathering {
    private Gathering() {}

    /** Makes the workers that are left wait for others. */
    static void hold(Turn turn, String reason) {
        turn.phase = Phase.GATHERING;
        turn.gatheringNanos = turn.nowNanos;
        turn.joinedNanos = turn.nowNanos;
        turn.restoring = turn.restoring.over();
        turn.members().forEach(member -> turn.update(member.unseated()));
        if (turn.stopping.isPresent()) {
            Ending.stop(turn);
            return;
        }
        turn.note(Topic.HOLD, reason);
        for (Member member : turn.members()) {
            if (member.wasPlanned()) {
                turn.send(
                        member,
                        ToWorker.newBuilder()
                                .setHold(Hold.newBuilder()
                                        .setCommittedStep(turn.committedStep)
                                        .setReason(reason)));
            }
        }
    }

    static String tooFewAreLeft(Turn turn) {
        int left = turn.members().size();
        if (left >= turn.rules.minWorkers()) {
            return tooManyWait(turn);
        }
        return (left == 0 ? "no worker is left" : left == 1 ? "1 worker is left" : left + " workers are left")
                + ", the job waits until it has " + turn.rules.minWorkers();
    }

    private static String tooManyWait(Turn turn) {
        return turn.members().stream()
                .filter(member -> turn.pauseNanos(member) > 0)
                .map(member -> Joining.hasToRest(turn, member))
                .collect(Collectors.joining("; "));
    }

    /** Whether somebody is there who has all that was committed, but for the last step at most. */
    static boolean hasReplica(Turn turn) {
        return turn.members().stream()
                .filter(member -> member.join().getGeneration() >= turn.restoring.lastBegun())
                .anyMatch(member -> member.mayHave(turn.baseStep));
    }

    static String noReplica(Turn turn) {
        return "step " + turn.baseStep + " was committed, but the furthest worker"
                + turn.members().stream()
                        .max(Comparator.comparing(member -> member.state().atLeastStep()))
                        .map(member -> ", " + member.name() + ", stands at "
                                + member.state().atLeastStep())
                        .orElse(" is gone")
                + "; the job waits for one that is there, or goes back to a checkpoint";
    }

    static void tick(Turn turn) {
        if (turn.nowNanos - turn.gatheringNanos < turn.rules.joinTimeoutNanos()) {
            beginIfReady(turn);
        } else if (turn.members().size() < turn.rules.minWorkers()) {
            Ending.fail(turn, tooFew(turn));
        } else {
            begin(turn);
        }
    }

    static void beginIfReady(Turn turn) {
        int workers = turn.rested().size();
        if (workers < turn.rules.minWorkers()) {
            return;
        }
        boolean waitsForReturn = !turn.expected.isEmpty() && turn.nowNanos - turn.gatheringNanos < Rules.RETURN_NANOS;
        boolean isReady = waitsForReturn
                ? turn.members().stream()
                        .map(Member::name)
                        .collect(Collectors.toSet())
                        .containsAll(turn.expected)
                : workers >= turn.rules.maxWorkers()
                        || turn.nowNanos - turn.joinedNanos
                                >= turn.rules.patience().settleNanos();
        if (isReady) {
            begin(turn);
        }
    }

    private static void begin(Turn turn) {
        if (hasReplica(turn)) {
            Seating.deal(turn);
        } else {
            Restores.seek(turn);
        }
    }

    private static String tooFew(Turn turn) {
        String names = turn.members().stream()
                .map(Member::name)
                .sorted(new NaturalOrder())
                .collect(Collectors.joining(", "));
        return turn.rules.count(turn.members().size()) + " joined within "
                + TimeUnit.NANOSECONDS.toSeconds(turn.rules.joinTimeoutNanos()) + " s"
                + (names.isEmpty() ? "" : ": " + names);
    }
}
