package io.syncbn.coordinator.membership;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Ensures that every wait is logged, and bounded where it is for workers. A worker whose disk hangs still sends
 * heartbeats, so silence does not reveal it.
 */
final class Watch {
    private static final long FIRST_WORD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long NEXT_WORD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private Watch() {}

    static void tick(Draft draft) {
        if (draft.isBroken()) {
            return; // a worker was just lost: what is waited for is about to change
        }
        if (draft.phase == Phase.ALIGNING && draft.alignStep == CurrentGeneration.NOT_ALIGNED) {
            List<Member> late = draft.seated().stream()
                    .filter(member -> member.ready().isEmpty())
                    .toList();
            await(draft, late, "get ready for its shards");
        } else if (draft.phase == Phase.STOPPING) {
            await(draft, unfinished(draft), "keep what it has, now that the job stops");
        } else if (draft.phase == Phase.RUNNING && !draft.finished.isEmpty()) {
            await(draft, unfinished(draft), "finish, as others have");
        } else if (draft.phase == Phase.RUNNING && isTimeForAWord(draft, NEXT_WORD_NANOS)) {
            // Lateness within a step is judged by its sums; while nobody has sent any, a step may simply take this
            // long.
            draft.note(
                    Topic.LATE,
                    "no step has been committed for " + seconds(waitedNanos(draft)) + " s; step "
                            + (draft.committedStep + 1) + " is being computed");
        }
    }

    private static List<Member> unfinished(Draft draft) {
        return draft.computing().stream()
                .filter(member -> !draft.hasFinished(member))
                .toList();
    }

    private static void await(Draft draft, List<Member> late, String forWhat) {
        long limitNanos = draft.rules.patience().prepare().toNanos();
        if (waitedNanos(draft) >= limitNanos) {
            Departures.late(draft, late, "it was given " + seconds(limitNanos) + " s to " + forWhat);
        } else if (isTimeForAWord(draft, FIRST_WORD_NANOS)) {
            String names = late.stream().map(draft::describe).collect(Collectors.joining(", "));
            draft.note(
                    Topic.LATE,
                    "the job has waited for " + seconds(waitedNanos(draft)) + " s for " + names + " to " + forWhat
                            + "; it waits for " + seconds(limitNanos) + " s");
        }
    }

    /** Whether to log now: once after a while, and then once a minute. */
    private static boolean isTimeForAWord(Draft draft, long firstNanos) {
        boolean wasTold = draft.toldNanos > draft.progressNanos;
        boolean isTime = draft.nowNanos - Math.max(draft.toldNanos, draft.progressNanos)
                >= (wasTold ? NEXT_WORD_NANOS : firstNanos);
        if (isTime) {
            draft.toldNanos = draft.nowNanos;
        }
        return isTime;
    }

    private static long waitedNanos(Draft draft) {
        return draft.nowNanos - draft.progressNanos;
    }

    private static long seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos);
    }
}
