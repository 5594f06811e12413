package io.syncbn.coordinator.membership;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * That nothing is waited for without a word and without an end. A worker whose disk hangs goes on giving signs of life, so
 * its silence is not what shows it.
 */
final class Watch {
    private static final long FIRST_WORD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long NEXT_WORD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private Watch() {}

    static void tick(Turn turn) {
        if (turn.phase == Phase.ALIGNING && turn.alignStep == Membership.NOT_ALIGNED) {
            List<Member> late = turn.seated().stream()
                    .filter(member -> member.ready().isEmpty())
                    .toList();
            await(turn, late, "get ready for its shards");
        } else if (turn.phase == Phase.STOPPING) {
            await(turn, unfinished(turn), "keep what it has, now that the job stops");
        } else if (turn.phase == Phase.RUNNING && !turn.finished.isEmpty()) {
            await(turn, unfinished(turn), "finish, as others have");
        } else if (turn.phase == Phase.RUNNING && isTimeForAWord(turn, NEXT_WORD_NANOS)) {
            // Who is late in a step is judged by its sums; where nobody has sent any, a step may be as long as this.
            turn.note(
                    Topic.LATE,
                    "no step has been committed for " + seconds(waitedNanos(turn)) + " s; step "
                            + (turn.committedStep + 1) + " is being computed");
        }
    }

    private static List<Member> unfinished(Turn turn) {
        return turn.computing().stream()
                .filter(member -> !turn.hasFinished(member))
                .toList();
    }

    private static void await(Turn turn, List<Member> late, String forWhat) {
        long limitNanos = turn.rules.patience().prepareNanos();
        if (waitedNanos(turn) >= limitNanos) {
            Departures.late(turn, late, "it was given " + seconds(limitNanos) + " s to " + forWhat);
        } else if (isTimeForAWord(turn, FIRST_WORD_NANOS)) {
            String names = late.stream().map(turn::describe).collect(Collectors.joining(", "));
            turn.note(
                    Topic.LATE,
                    "the job has waited for " + seconds(waitedNanos(turn)) + " s for " + names + " to " + forWhat
                            + "; it waits for " + seconds(limitNanos) + " s");
        }
    }

    /** One after a while, and then one a minute. */
    private static boolean isTimeForAWord(Turn turn, long firstNanos) {
        boolean wasTold = turn.toldNanos > turn.progressNanos;
        boolean isTime = turn.nowNanos - Math.max(turn.toldNanos, turn.progressNanos)
                >= (wasTold ? NEXT_WORD_NANOS : firstNanos);
        if (isTime) {
            turn.toldNanos = turn.nowNanos;
        }
        return isTime;
    }

    private static long waitedNanos(Turn turn) {
        return turn.nowNanos - turn.progressNanos;
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos);
    }
}
