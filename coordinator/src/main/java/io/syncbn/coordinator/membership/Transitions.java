package io.syncbn.coordinator.membership;

import java.util.Optional;

/**
 * What follows from the facts. Looks at them once, when a decision has changed all that it changes, and makes at most one
 * transition; where that ends a generation or lets workers stop, what comes of it at once is a part of it.
 *
 * <p>So a worker that is lost is missing, and nothing more, until {@link #next} reads on from there: the generation ends,
 * those that wanted to leave go, and the shards are dealt anew, or those that are left are held.
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
                next(draft); // which waits for somebody who is further
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
            // Before a stop, those that may be behind come to the last step: its checkpoint is to be of that.
            boolean mayBeBehind = draft.assignment.orElseThrow().hasBackups();
            if (draft.stopping.isPresent() && !mayBeBehind) {
                GenerationEnd.end(draft);
                stop(draft);
            } else {
                next(draft);
            }
        }
    }

    /** Ends the present generation; the next one begins, if there are enough workers for it. */
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

    /** Lets workers end; where nobody has anything to keep, the job ends at once. */
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
