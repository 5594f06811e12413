package io.syncbn.coordinator.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.coordinator.membership.Assignment;
import io.syncbn.coordinator.membership.Earlier;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.ShardRun;
import io.syncbn.coordinator.membership.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsFileTest {
    private static final Effect.Note GENERATION = new Effect.Note(
            Topic.GENERATION,
            2,
            40,
            Optional.empty(),
            List.of(
                    new Assignment.Seat("worker-0", new ShardRun(0, 3)),
                    new Assignment.Seat("worker-\"1\"", new ShardRun(3, 2), Optional.of(new ShardRun(0, 3)))),
            Optional.of("abcd"),
            "generation 2 begins");
    private static final Effect.Note LOST = new Effect.Note(
            Topic.LOST, 2, 57, Optional.of("worker-0"), List.of(), Optional.empty(), "worker-0 was lost");

    @TempDir
    Path directory;

    @Test
    void linesTellWhatHappenedAndWhen() throws IOException {
        Path path = directory.resolve("run/events.jsonl");
        try (EventsFile file = EventsFile.open(path, () -> 1_760_000_000_000L)) {
            assertThat(file.earlier()).isEmpty();
            file.accept(GENERATION);
            file.accept(LOST);
        }
        assertThat(path).hasContent("""
                {"millis":1760000000000,"event":"generation","generation":2,"step":40,"workers":[{"name":"worker-0","firstShard":0,"shards":3},{"name":"worker-\\"1\\"","firstShard":3,"shards":2,"backupFirstShard":0,"backupShards":3}],"digest":"abcd","text":"generation 2 begins"}
                {"millis":1760000000000,"event":"lost","generation":2,"step":57,"worker":"worker-0","text":"worker-0 was lost"}
                """);
    }

    @Test
    void whatWasWrittenIsReadBackAndGoneOnFrom() throws IOException {
        Path path = directory.resolve("events.jsonl");
        write(path, GENERATION, LOST);
        try (EventsFile file = EventsFile.open(path, () -> 2)) {
            assertThat(file.earlier()).containsExactly(GENERATION, LOST);
            assertThat(Earlier.from(file.earlier())).isEqualTo(new Earlier(2, 40, Set.of("worker-0", "worker-\"1\"")));
        }
        write(path, LOST);
        try (EventsFile file = EventsFile.open(path, () -> 2)) {
            assertThat(file.earlier()).containsExactly(GENERATION, LOST, LOST);
        }
    }

    @Test
    void aTornLineIsPassedOverAndDoesNotSpoilTheNext() throws IOException {
        Path path = directory.resolve("events.jsonl");
        write(path, GENERATION);
        Files.writeString(path, "{\"millis\":3,\"event\":\"gener", StandardOpenOption.APPEND);
        write(path, LOST);
        Files.writeString(path, "{\"millis\":3,\"event\":\"lost\"}", StandardOpenOption.APPEND);
        try (EventsFile file = EventsFile.open(path, () -> 2)) {
            assertThat(file.earlier()).containsExactly(GENERATION, LOST);
        }
    }

    @Test
    void aFileThatCannotBeWrittenToAnyMoreStopsNothing() throws IOException {
        AtomicInteger failures = new AtomicInteger();
        EventsFile file = EventsFile.open(directory.resolve("events.jsonl"), () -> 1);
        file.whenItFails(failures::incrementAndGet);
        file.close();
        file.accept(GENERATION);
        file.accept(LOST);
        assertThat(failures).hasValue(2);
    }

    @Test
    void aFileThatCannotBeOpenedIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> EventsFile.open(file.resolve("events.jsonl"), () -> 1))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot keep a log of events in " + file.resolve("events.jsonl") + ": ");
    }

    private static void write(Path path, Effect.Note... notes) throws IOException {
        try (EventsFile file = EventsFile.open(path, () -> 1)) {
            List.of(notes).forEach(file);
        }
    }
}
