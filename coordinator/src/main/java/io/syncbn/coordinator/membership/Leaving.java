package io.syncbn.coordinator.membership;

import java.util.List;

/**
 * Workers that ask to leave: they go at the next commit if their part of a step or their state is needed, else at once.
 */
final class Leaving {
    private Leaving() {}

    static void asked(Draft draft, Member member, String reason) {
        if (draft.phase == Phase.STOPPING || member.leaving().isPresent()) {
            return; // It is leaving already.
        }
        Member leaver = member.leavingFor(reason);
        draft.update(leaver);
        boolean isSeated = member.isSeated() && !draft.hasFinished(member);
        boolean isNeeded = isSeated && (draft.phase == Phase.ALIGNING || draft.phase == Phase.RUNNING);
        if (!isNeeded) {
            letGo(draft, leaver);
        }
    }

    static void letGo(Draft draft, Member leaver) {
        draft.note(
                Topic.LEFT,
                leaver.name(),
                leaver.name() + " leaves after step " + draft.committedStep + ": "
                        + leaver.leaving().orElseThrow());
        draft.release(leaver, "the others go on without " + leaver.name());
    }

    /** A generation has ended: workers that want to leave are released, unless only they have the state. */
    static void letGoWhoMay(Draft draft) {
        for (Member member : draft.members()) {
            if (member.leaving().isPresent() && !hasTheOnlyState(draft, member)) {
                letGo(draft, member);
            }
        }
    }

    /** Whether others could go on if this one stayed until they have its state. They need a seat beside it. */
    private static boolean hasTheOnlyState(Draft draft, Member leaver) {
        List<Member> others =
                draft.members().stream().filter(member -> member != leaver).toList();
        return leaver.mayHave(draft.baseStep)
                && draft.rules.workers().most() > 1
                && others.stream().anyMatch(member -> member.leaving().isEmpty())
                && others.stream().noneMatch(member -> member.has(draft.baseStep));
    }
}
