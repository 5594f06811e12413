package io.syncbn.worker.session;

import java.time.Duration;
import java.util.Optional;

/** What the training thread was last told to do, and where it last came to rest. */
final class TrainingThread {
    private static final long NEVER = Long.MAX_VALUE;

    private Command command;
    private long number;
    private boolean isResting;

    /** Null before the first rest. */
    private Position position;

    /** Since when it has been at something that must end; {@link #NEVER} while it trains, or has come to rest. */
    private long busySinceNanos = NEVER;

    /** Gives it a command, in place of what it was told before. */
    SessionEffect.Do command(long nowNanos, Command next) {
        command = next;
        isResting = false;
        // A step may take as long as it takes, and a state that travels is the coordinator's to wait for.
        boolean mustEnd =
                next instanceof Command.Rest || next instanceof Command.Prepare || next instanceof Command.Keep;
        busySinceNanos = mustEnd ? Math.min(busySinceNanos, nowNanos) : NEVER;
        return new SessionEffect.Do(++number, next);
    }

    /**
     * It has carried out a command.
     *
     * @return whether it rests now: otherwise a newer command is there already
     */
    boolean done(long nowNanos, SessionEvent.Done done) {
        position = done.position();
        isResting = done.command() == number;
        if (isResting) {
            busySinceNanos = NEVER;
        } else if (busySinceNanos != NEVER) {
            busySinceNanos = nowNanos;
        }
        return isResting;
    }

    boolean isResting() {
        return isResting;
    }

    Position position() {
        return position;
    }

    /** Steps committed in the replica's state, at its last rest. */
    long step() {
        return position == null ? 0 : position.step();
    }

    boolean isTold(Class<? extends Command> kind) {
        return kind.isInstance(command);
    }

    /** Why it counts as hanging, if it has not done for so long what must end. */
    Optional<Fault> hangs(long nowNanos, Duration limit) {
        if (busySinceNanos == NEVER || nowNanos - busySinceNanos < limit.toNanos()) {
            return Optional.empty();
        }
        String reason =
                "the training thread has not come to " + command.inWords() + " within " + limit.toSeconds() + " s";
        return Optional.of(new Fault(true, "hangs", reason));
    }
}
