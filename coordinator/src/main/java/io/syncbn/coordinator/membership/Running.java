package io.syncbn.coordinator.membership;

/** What happens at and between commits. */
final class Running {
    private Running() {}

    static void committed(Draft draft, long step) {
        draft.committedStep = step;
        draft.damagedInARow = 0;
        draft.suspicions = draft.suspicions.committed();
        draft.hasCommitted = true;
        draft.goesOn();
    }

    /**
     * Whether the generation has to end with the step being computed: a worker is to join or leave, or the job to stop.
     */
    static boolean isToEnd(Draft draft) {
        boolean hasLeaver =
                draft.seated().stream().anyMatch(member -> member.leaving().isPresent());
        boolean hasJoiner = draft.seated().size() < draft.rules.workers().most()
                && draft.rested().stream().anyMatch(member -> !member.isSeated());
        return hasLeaver || hasJoiner || draft.stopping.isPresent();
    }
}
