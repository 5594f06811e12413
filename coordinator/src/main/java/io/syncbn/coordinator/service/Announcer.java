package io.syncbn.coordinator.service;

import io.syncbn.coordinator.journal.Journal;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Membership;
import io.syncbn.coordinator.membership.Phase;
import io.syncbn.coordinator.membership.Topic;
import io.syncbn.proto.net.RateLimit;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Report;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Reports what happens: in the log, the journal and metrics. Belongs to the event loop. */
final class Announcer {
    private static final System.Logger LOG = System.getLogger("io.syncbn.coordinator");

    /** A report has half of that; one that is larger comes from no worker of this release, and is not shown. */
    private static final int MOST_BYTES_OF_A_REPORT = 4096;

    private final CoordinatorMetrics metrics;
    private final Journal journal;
    private final Spectator spectator;
    private final LongSupplier nanoClock;
    /** Limits how often refusals are reported: anybody may try to join, as often as they like. */
    private final RateLimit refusals = new RateLimit();

    Announcer(CoordinatorMetrics metrics, Journal journal, Spectator spectator, LongSupplier nanoClock) {
        this.metrics = metrics;
        this.journal = journal;
        this.spectator = spectator;
        this.nanoClock = nanoClock;
    }

    void say(Effect.Note note) {
        if (note.topic() != Topic.REFUSED || refusals.isLetThrough(nanoClock.getAsLong())) {
            say(note, () -> {});
        }
    }

    /** Time has passed. */
    void tick(Membership membership) {
        refusals.minuteOver(nanoClock.getAsLong())
                .ifPresent(more -> say(
                        new Effect.Note(
                                Topic.REFUSED,
                                membership.generation(),
                                membership.committedStep(),
                                Optional.empty(),
                                List.of(),
                                Optional.empty(),
                                "refused " + more + " more within a minute"),
                        () -> {}));
    }

    /** @param whenKept run when the journal has the note */
    void say(Effect.Note note, Runnable whenKept) {
        LOG.log(note.topic() == Topic.FAILED ? Level.ERROR : Level.INFO, "{0}", note.text());
        if (note.topic() == Topic.EVICTED) {
            metrics.evicted();
        } else if (note.topic() == Topic.RESTORED) {
            metrics.restored();
        }
        spectator.noted(note);
        journal.keep(note, whenKept);
    }

    /** Shows the spectator what a member says of itself. */
    void received(Membership membership, long connection, FromWorker message) {
        membership.members().stream()
                .filter(member -> member.connection() == connection)
                .findFirst()
                .ifPresent(member -> show(member.name(), membership.generation(), message));
    }

    private void show(String worker, long generation, FromWorker message) {
        if (message.hasHeartbeat()) {
            Report report = message.getHeartbeat().getReport();
            if (report.getSerializedSize() <= MOST_BYTES_OF_A_REPORT) {
                spectator.reported(worker, generation, report);
            }
        } else if (message.hasReady() && message.getReady().getGeneration() == generation) {
            spectator.compared(
                    worker, message.getReady().getStep(), message.getReady().getStateDigest());
        } else if (message.hasFinished()) {
            spectator.compared(
                    worker,
                    message.getFinished().getStep(),
                    message.getFinished().getStateDigest());
        }
    }

    void restarted(Membership membership) {
        say(new Effect.Note(
                Topic.RESTARTED,
                membership.generation(),
                membership.committedStep(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                membership.phase() == Phase.DONE
                        ? "the coordinator was started again; the job is done already"
                        : "the coordinator was started again; generation " + membership.generation()
                                + " was the last, and the last to begin did so after step "
                                + membership.committedStep()));
    }

    /** Reports a step's duration, and which workers were slow in it. */
    void stepped(long generation, long step, Reducer.Pace pace) {
        metrics.stepTook(pace.stepNanos());
        for (Reducer.Waited waited : pace.waited()) {
            metrics.waitedFor(waited.seat().name(), waited.nanos());
            if (waited.isSlow()) {
                say(new Effect.Note(
                        Topic.SLOW,
                        generation,
                        step,
                        Optional.of(waited.seat().name()),
                        List.of(),
                        Optional.empty(),
                        waited.text(pace.stepNanos())));
            }
        }
    }
}
