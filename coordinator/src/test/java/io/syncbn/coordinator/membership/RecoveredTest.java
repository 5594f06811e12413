package io.syncbn.coordinator.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.ShardRun;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecoveredTest {
    private static Effect.Note note(Topic topic, long generation, long step) {
        Assignment.Seat seat = new Assignment.Seat("worker-0", new ShardRun(0, 1));
        return new Effect.Note(topic, generation, step, Optional.empty(), List.of(seat), Optional.empty(), "");
    }

    /** What it had committed is lost, and nobody needs to have had the state of the generation before. */
    @Test
    void aJobThatWentBackGoesOnFromThere() {
        List<Effect.Note> notes =
                List.of(note(Topic.GENERATION, 3, 120), note(Topic.RESTORED, 3, 100), note(Topic.PLAN, 4, 100));
        assertThat(Recovered.from(notes)).isEqualTo(new Recovered(4, 100, Set.of("worker-0"), 0, 1, Optional.empty()));
        assertThat(Recovered.from(List.of(notes.get(0), notes.get(1), note(Topic.GENERATION, 4, 100))))
                .isEqualTo(new Recovered(4, 100, Set.of("worker-0"), 4, 1, Optional.empty()));
    }

    /** Those who go on have read a checkpoint, and were in no generation. */
    @Test
    void aJobThatWasStoppedHasLostNothing() {
        List<Effect.Note> notes = List.of(note(Topic.GENERATION, 3, 120), note(Topic.STOPPED, 3, 130));
        assertThat(Recovered.from(notes)).isEqualTo(new Recovered(3, 120, Set.of("worker-0"), 0, 0, Optional.empty()));
    }
}
