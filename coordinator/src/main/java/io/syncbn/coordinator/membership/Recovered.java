package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a restarted coordinator knows about the job so far.
 *
 * @param generation the last generation that was planned or begun
 * @param step steps committed when the last generation began: none of its workers was behind that
 * @param names of that generation's workers
 * @param begun the last generation that began; 0 if no process has its state any more, because the job has been
 *     restored from a checkpoint since, or was stopped
 * @param restores how often the job was restored from a checkpoint
 * @param done the job's end, if all its steps are done
 */
public record Recovered(
        long generation, long step, Set<String> names, long begun, long restores, Optional<Effect.Succeed> done) {

    /** A job about which nothing is known. */
    public static final Recovered NOTHING = new Recovered(0, 0, Set.of(), 0, 0, Optional.empty());

    public Recovered {
        names = Set.copyOf(names);
    }

    /** Recovers from notes, in the order in which they were written. */
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
                // A resumed job starts from the checkpoint kept then, in new processes.
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
