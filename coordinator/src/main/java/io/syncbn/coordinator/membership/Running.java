package io.syncbn.coordinator.membership;

/** What happens at and between commits. */
final class Running {
    private Running() {}

    static void committed(Turn turn, long step) {
        turn.committedStep = step;
        turn.damagedInARow = 0;
        if (turn.isEnding && turn.stopping.isPresent()) {
            Ending.stop(turn);
        } else if (turn.isEnding) {
            Seating.next(turn);
        }
    }

    /** Lets the generation end with the step being computed, if somebody is to come in or to go, or the job to stop. */
    static void endIfDue(Turn turn) {
        if (turn.phase != Phase.RUNNING || turn.isEnding) {
            return;
        }
        boolean hasLeaver =
                turn.seated().stream().anyMatch(member -> member.leaving().isPresent());
        boolean hasJoiner =
                turn.seated().size() < turn.members().size() && turn.seated().size() < turn.rules.maxWorkers();
        if (hasLeaver || hasJoiner || turn.stopping.isPresent()) {
            turn.isEnding = true;
            turn.effect(new Effect.EndWithStep());
        }
    }
}
