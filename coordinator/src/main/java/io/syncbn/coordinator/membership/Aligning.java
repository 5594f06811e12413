package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Ready;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/** Tracks the workers of a generation that has not begun: their states, and whether a relayed state arrives in time. */
final class Aligning {
    private Aligning() {}

    static void ready(Draft draft, Member member, Ready ready) {
        boolean isOfNow =
                draft.phase == Phase.ALIGNING && member.isSeated() && ready.getGeneration() == draft.generation;
        // After an Align, a Ready sent before it may still arrive.
        if (isOfNow && ready.getStep() >= draft.alignStep) {
            draft.update(member.readyAt(ready));
        }
    }

    static boolean areAllReady(Draft draft) {
        return draft.seated().stream().allMatch(member -> member.ready().isPresent());
    }

    /** Treats a state that does not arrive in time, although all workers are alive, as damaged. */
    static void tick(Draft draft) {
        long limitNanos = stateNanos(draft);
        if (draft.alignStep == CurrentGeneration.NOT_ALIGNED || draft.nowNanos - draft.alignedNanos < limitNanos) {
            return;
        }
        // A worker already at the step lacks only a few numbers, which came with Align; the others had to receive the
        // state.
        draft.seated().stream()
                .filter(member -> member.ready().isEmpty())
                .min(Comparator.comparing((Member member) -> member.has(draft.alignStep))
                        .thenComparing(Member::seat))
                .ifPresent(member -> Damages.damaged(
                        draft,
                        member,
                        new Event.Damaged(
                                member.connection(),
                                draft.generation,
                                "the state of step " + draft.alignStep + " has not come to " + draft.describe(member)
                                        + " within " + TimeUnit.NANOSECONDS.toSeconds(limitNanos) + " s")));
    }

    /**
     * Assumes that all others take over the state, which is as large for each: workers that have it do not shorten the
     * limit.
     */
    private static long stateNanos(Draft draft) {
        long bytes = draft.seated().stream()
                .mapToLong(member -> member.join().getStateBytes())
                .max()
                .orElse(0);
        return draft.rules.limits().stateNanos(bytes, draft.seated().size() - 1);
    }
}
