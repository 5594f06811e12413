package io.syncbn.coordinator.membership;

/** How a generation breaks without losing a worker: a frame was damaged, or a data stream broke. */
final class Damages {
    private Damages() {}

    static void damaged(Draft draft, Member member, Event.Damaged damaged) {
        boolean isOfNow = damaged.generation() == draft.generation
                && (draft.phase == Phase.ALIGNING || draft.phase == Phase.RUNNING)
                && member.isSeated()
                && !draft.hasFinished(member);
        if (!isOfNow) {
            return;
        }
        draft.damagedInARow++;
        draft.suspicions = draft.suspicions.damaged(member.name(), draft.committedStep);
        int times = draft.suspicions.damagesOf(member.name());
        draft.note(Topic.DAMAGED, member.name(), damaged.reason() + ", at step " + (draft.committedStep + 1));
        if (draft.damagedInARow >= Rules.MOST_DAMAGED_IN_A_ROW) {
            draft.fail(draft.damagedInARow + " generations in a row broke at step " + (draft.committedStep + 1)
                    + "; the last time: " + damaged.reason());
        } else if (times >= Rules.MOST_DAMAGES_OF_A_WORKER) {
            Departures.evict(
                    draft,
                    member,
                    draft.describe(member) + " was sent away: " + times
                            + " generations broke at its connections; the last time: " + damaged.reason());
            draft.suspicions = draft.suspicions.sentAway(member.name(), draft.nowNanos);
        } else {
            draft.breakGeneration();
        }
    }
}
