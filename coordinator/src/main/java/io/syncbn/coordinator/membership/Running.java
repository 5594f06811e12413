package io.syncbn.coordinator.membership;

/** What happens at and between commits. */
final class Running {
    private Running() {}

    static void committed(Turn turn, long step) {
        turn.committedStep = step;
        turn.damagedInARow = 0;
        turn.suspicions = turn.suspicions.committed();
        turn.goesOn();
        boolean mayBeBehind = turn.assignment.orElseThrow().hasBackups();
        if (turn.isEnding && turn.stopping.isPresent() && !mayBeBehind) {
            Ending.stop(turn);
        } else if (turn.isEnding) {
            // Before a stop too, if a slow worker may not be there yet: a checkpoint is to be of the last step.
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
        boolean hasJoiner = turn.seated().size() < turn.rules.maxWorkers()
                && turn.rested().stream().anyMatch(member -> !member.isSeated());
        if (hasLeaver || hasJoiner || turn.stopping.isPresent()) {
            end(turn);
        }
    }

    /** Lets the generation end with the step being computed. */
    static void end(Turn turn) {
        if (!turn.isEnding) {
            turn.isEnding = true;
            turn.effect(new Effect.EndWithStep());
        }
    }
}
