package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a coordinator that was started again knows of the job so far.
 *
 * @param generation the last that it had begun or planned
 * @param step steps committed when the last generation began: no worker of it was behind that
 * @param names of that generation's workers
 * @param begun the last that began, unless its state is in no process any more: the job has gone back to a checkpoint since,
 *     or was stopped
 * @param restores how often the job has gone back
 * @param done how the job ended, if all its steps are done
 */
public record Recovered(
        long generation, long step, Set<String> names, long begun, long restores, Optional<Effect.Succeed> done) {

    /** A job that nothing is known of. */
    public static final Recovered NOTHING = new Recovered(0, 0, Set.of(), 0, 0, Optional.empty());

    public Recovered {
        names = Set.copyOf(names);
    }

    /** What notes tell, in the order in which they were taken. */
    public static Recovered from(List<Effect.Note> notes) {
        Recovered recovered = NOTHING;
        for (Effect.Note note : notes) {
            long last = Math.max(recovered.generation, note.generation());
            recovered = switch (note.topic()) {
                case GENERATION ->
                    new Recovered(
                            last,
                            note.step(),
                            note.workers().stream().map(Assignment.Seat::name).collect(Collectors.toSet()),
                            note.generation(),
                            recovered.restores,
                            Optional.empty());
                // What was committed after that step is lost for good.
                case RESTORED ->
                    new Recovered(last, note.step(), recovered.names, 0, recovered.restores + 1, Optional.empty());
                // Whoever is told to go on goes on from the checkpoint that was kept then, with new processes.
                case STOPPED ->
                    new Recovered(last, recovered.step, recovered.names, 0, recovered.restores, Optional.empty());
                case DONE ->
                    new Recovered(
                            last,
                            note.step(),
                            recovered.names,
                            recovered.begun,
                            recovered.restores,
                            Optional.of(new Effect.Succeed(
                                    note.step(), note.digest().orElse(""))));
                default ->
                    new Recovered(
                            last, recovered.step, recovered.names, recovered.begun, recovered.restores, recovered.done);
            };
        }
        return recovered;
    }
}
