package io.syncbn.coordinator.membership;

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
 * @param done how the job ended, if all its steps are done
 */
public record Earlier(long generation, long step, Set<String> names, Optional<Effect.Succeed> done) {

    /** A job that nothing is known of. */
    public static final Earlier NOTHING = new Earlier(0, 0, Set.of(), Optional.empty());

    public Earlier {
        names = Set.copyOf(names);
    }

    /** What notes tell, in the order in which they were taken. */
    public static Earlier from(List<Effect.Note> notes) {
        Earlier earlier = NOTHING;
        for (Effect.Note note : notes) {
            long last = Math.max(earlier.generation, note.generation());
            earlier = switch (note.topic()) {
                case GENERATION ->
                    new Earlier(
                            last,
                            note.step(),
                            note.workers().stream().map(Assignment.Seat::name).collect(Collectors.toSet()),
                            Optional.empty());
                case DONE ->
                    new Earlier(
                            last,
                            note.step(),
                            earlier.names,
                            Optional.of(new Effect.Succeed(
                                    note.step(), note.digest().orElse(""))));
                default -> new Earlier(last, earlier.step, earlier.names, earlier.done);
            };
        }
        return earlier;
    }
}
