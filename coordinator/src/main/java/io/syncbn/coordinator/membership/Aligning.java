package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Ready;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/** What is known of the workers of a generation that has not begun: who stands where, and whose state does not come. */
final class Aligning {
    private Aligning() {}

    static void ready(Draft draft, Member member, Ready ready) {
        boolean isOfNow =
                draft.phase == Phase.ALIGNING && member.isSeated() && ready.getGeneration() == draft.generation;
        // After an Align, one from before it may still come.
        if (isOfNow && ready.getStep() >= draft.alignStep) {
            draft.update(member.readyAt(ready));
        }
    }

    static boolean areAllReady(Draft draft) {
        return draft.seated().stream().allMatch(member -> member.ready().isPresent());
    }

    /** A state that does not come at all, while everybody lives, is as good as damaged. */
    static void tick(Draft draft) {
        long limitNanos = stateNanos(draft);
        if (draft.alignStep == CurrentGeneration.NOT_ALIGNED || draft.nowNanos - draft.alignedNanos < limitNanos) {
            return;
        }
        // Who is at the step already lacks a few numbers that came with Align; the state had to come to the others.
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

    /** As if all others took over the state, which is as large for each: who has it by now makes the rest no later. */
    private static long stateNanos(Draft draft) {
        long bytes = draft.seated().stream()
                .mapToLong(member -> member.join().getStateBytes())
                .max()
                .orElse(0);
        return draft.rules.limits().stateNanos(bytes, draft.seated().size() - 1);
    }
}
