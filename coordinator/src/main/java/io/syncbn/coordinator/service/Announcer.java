package io.syncbn.coordinator.service;

import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Membership;
import io.syncbn.coordinator.membership.Topic;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Says what happens: in the log, in the journal, in metrics. Belongs to the event loop. */
final class Announcer {
    private static final System.Logger LOG = System.getLogger("io.syncbn.coordinator");

    private final CoordinatorMetrics metrics;
    private final Consumer<Effect.Note> journal;

    Announcer(CoordinatorMetrics metrics, Consumer<Effect.Note> journal) {
        this.metrics = metrics;
        this.journal = journal;
    }

    void say(Effect.Note note) {
        LOG.log(note.topic() == Topic.FAILED ? Level.ERROR : Level.INFO, "{0}", note.text());
        if (note.topic() == Topic.EVICTED) {
            metrics.evicted();
        }
        journal.accept(note);
    }

    void restarted(Membership membership) {
        say(new Effect.Note(
                Topic.RESTARTED,
                membership.generation(),
                membership.committedStep(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                "the coordinator was started again; generation " + membership.generation()
                        + " was the last, and the last to begin did so after step " + membership.committedStep()));
    }

    /** How a step went, and who was slow in it. */
    void stepped(long generation, long step, Generation.Pace pace) {
        metrics.stepTook(pace.stepNanos());
        for (Generation.Waited waited : pace.waited()) {
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
