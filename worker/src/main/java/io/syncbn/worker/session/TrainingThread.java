package io.syncbn.worker.session;

import java.time.Duration;
import java.util.Optional;

/** The training thread's last command, and its last position at rest. */
final class TrainingThread {
    private static final long NEVER = Long.MAX_VALUE;

    private Command command;
    private long number;
    private boolean isResting;

    /** Null before the first rest. */
    private Position position;

    /** Since when it has been busy with a command that must end in time; {@link #NEVER} while it trains or rests. */
    private long busySinceNanos = NEVER;

    /** Gives it a command, which replaces the one before. */
    SessionEffect.Do command(long nowNanos, Command next) {
        command = next;
        isResting = false;
        // Steps have no time limit here, and the coordinator watches over state transfers.
        boolean mustEnd =
                next instanceof Command.Rest || next instanceof Command.Prepare || next instanceof Command.Keep;
        busySinceNanos = mustEnd ? Math.min(busySinceNanos, nowNanos) : NEVER;
        return new SessionEffect.Do(++number, next);
    }

    /**
     * It has carried out a command.
     *
     * @return whether it rests now; otherwise there is a newer command already
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

    /** Steps committed in the replica's state when it last rested. */
    long step() {
        return position == null ? 0 : position.step();
    }

    boolean isTold(Class<? extends Command> kind) {
        return kind.isInstance(command);
    }

    /** Why it counts as hanging, if a command that must end has taken longer than {@code limit}. */
    Optional<Fault> hangs(long nowNanos, Duration limit) {
        if (busySinceNanos == NEVER || nowNanos - busySinceNanos < limit.toNanos()) {
            return Optional.empty();
        }
        String reason =
                "the training thread has not come to " + command.inWords() + " within " + limit.toSeconds() + " s";
        return Optional.of(new Fault(true, "hangs", reason));
    }
}
