package io.syncbn.coordinator.membership;

import java.util.Optional;

/**
 * Draws the consequences of the facts. Looks at them once, after a decision has made all its changes, and makes at most
 * one transition. Where that ends a generation or stops workers, its immediate consequences are part of it.
 *
 * <p>So the loss of a worker only removes it, until {@link #next} acts on that: the generation ends, workers that
 * wanted to leave go, and the shards are dealt again, or the workers that are left are held.
 */
final class Transitions {
    private Transitions() {}

    static void settle(Draft draft) {
        if (draft.failure().isPresent()) {
            Endings.fail(draft, draft.failure().get());
            return;
        }
        switch (draft.phase) {
            case GATHERING -> gathering(draft);
            case ALIGNING -> aligning(draft);
            case RUNNING -> running(draft);
            case STOPPING -> stopping(draft);
            case ENDED, DONE -> {} // nothing more happens
        }
        if (draft.phase == Phase.RUNNING && Running.isToEnd(draft)) {
            draft.endWithStep();
        }
    }

    private static void gathering(Draft draft) {
        if (draft.stopping.isPresent()) {
            stop(draft);
        } else if (Gathering.isTooLate(draft)) {
            Endings.fail(draft, Gathering.tooFew(draft));
        } else if (Gathering.isReady(draft)) {
            if (Gathering.hasReplica(draft)) {
                Dealing.deal(draft);
            } else if (Restores.isFound(draft)) {
                Restores.goBack(draft);
                Dealing.deal(draft);
            }
        }
    }

    private static void aligning(Draft draft) {
        if (draft.isBroken()) {
            next(draft);
        } else if (Aligning.areAllReady(draft)) {
            Standings standings = Standings.of(draft.seated());
            if (standings.difference().isPresent()) {
                Endings.fail(draft, standings.difference().get());
            } else if (standings.step() < draft.baseStep) {
                next(draft); // waits for a worker that is further
            } else if (!standings.areEqual()) {
                Alignment.align(draft, standings);
            } else {
                begin(draft, standings);
            }
        }
    }

    private static void begin(Draft draft, Standings standings) {
        Alignment.isReached(draft, standings);
        if (draft.stopping.isPresent()) {
            GenerationEnd.end(draft);
            stop(draft);
        } else {
            Alignment.begin(draft, standings);
        }
    }

    private static void running(Draft draft) {
        if (draft.isBroken()) {
            next(draft);
        } else if (draft.haveAllFinished()) {
            Endings.finish(draft);
        } else if (draft.isEnding && draft.hasCommitted) {
            // Before a stop, workers that may be behind catch up in one more generation: the checkpoint must be of the
            // last step.
            boolean mayBeBehind = draft.assignment.orElseThrow().hasBackups();
            if (draft.stopping.isPresent() && !mayBeBehind) {
                GenerationEnd.end(draft);
                stop(draft);
            } else {
                next(draft);
            }
        }
    }

    /** Ends the present generation, and plans the next one if the workers left can go on. */
    private static void next(Draft draft) {
        GenerationEnd.end(draft);
        Leaving.letGoWhoMay(draft);
        Optional<String> obstacle = Gathering.obstacle(draft);
        if (obstacle.isEmpty()) {
            Dealing.deal(draft);
            return;
        }
        Gathering.begin(draft);
        if (draft.stopping.isPresent()) {
            stop(draft);
        } else {
            Gathering.hold(draft, obstacle.get());
        }
    }

    /** Tells workers to finish; if none has anything to keep, the job ends at once. */
    private static void stop(Draft draft) {
        Stopping.begin(draft);
        stopping(draft);
    }

    private static void stopping(Draft draft) {
        if (draft.haveAllFinished() && !Stopping.askAnother(draft)) {
            Endings.finish(draft);
        }
    }
}
