package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Hold;
import io.syncbn.proto.v1.ToWorker;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What happens while there are too few workers. */
final class Gathering {
    private Gathering() {}

    /** Makes the workers that are left wait for others. */
    static void hold(Turn turn) {
        turn.phase = Phase.GATHERING;
        turn.gatheringNanos = turn.nowNanos;
        turn.joinedNanos = turn.nowNanos;
        turn.members().forEach(member -> turn.update(member.unseated()));
        if (turn.stopping.isPresent()) {
            Ending.stop(turn);
            return;
        }
        int left = turn.members().size();
        String reason = (left == 0 ? "no worker is left" : left == 1 ? "1 worker is left" : left + " workers are left")
                + ", the job waits until it has " + turn.rules.minWorkers();
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

    static void tick(Turn turn) {
        if (turn.nowNanos - turn.gatheringNanos < turn.rules.joinTimeoutNanos()) {
            beginIfReady(turn);
        } else if (turn.members().size() >= turn.rules.minWorkers()) {
            Seating.deal(turn);
        } else {
            Ending.fail(turn, tooFew(turn));
        }
    }

    static void beginIfReady(Turn turn) {
        int workers = turn.members().size();
        if (workers < turn.rules.minWorkers()) {
            return;
        }
        boolean waitsForReturn = !turn.expected.isEmpty() && turn.nowNanos - turn.gatheringNanos < Rules.RETURN_NANOS;
        boolean isReady = waitsForReturn
                ? turn.members().stream()
                        .map(Member::name)
                        .collect(Collectors.toSet())
                        .containsAll(turn.expected)
                : workers >= turn.rules.maxWorkers() || turn.nowNanos - turn.joinedNanos >= Rules.SETTLE_NANOS;
        if (isReady) {
            Seating.deal(turn);
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
