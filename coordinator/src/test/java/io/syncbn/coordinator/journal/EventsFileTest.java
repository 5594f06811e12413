package io.syncbn.coordinator.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Recovered;
import io.syncbn.coordinator.membership.Topic;
import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.tree.ShardRun;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
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
        try (EventsFile file = EventsFile.open(path, "job", () -> 1_760_000_000_000L)) {
            assertThat(file.earlier()).isEmpty();
            keep(file, GENERATION);
            keep(file, LOST);
        }
        assertThat(path).hasContent("""
                {"millis":1760000000000,"event":"job","generation":0,"step":0,"fingerprint":"job","text":"these are the events of the job with this fingerprint"}
                {"millis":1760000000000,"event":"generation","generation":2,"step":40,"workers":[{"name":"worker-0","firstShard":0,"shards":3},{"name":"worker-\\"1\\"","firstShard":3,"shards":2,"backupFirstShard":0,"backupShards":3}],"digest":"abcd","text":"generation 2 begins"}
                {"millis":1760000000000,"event":"lost","generation":2,"step":57,"worker":"worker-0","text":"worker-0 was lost"}
                """);
    }

    @Test
    void whatWasWrittenIsReadBackAndGoneOnFrom() throws IOException {
        Path path = directory.resolve("events.jsonl");
        write(path, GENERATION, LOST);
        try (EventsFile file = EventsFile.open(path, "job", () -> 2)) {
            assertThat(file.earlier()).containsExactly(GENERATION, LOST);
            assertThat(Recovered.from(file.earlier()))
                    .isEqualTo(new Recovered(2, 40, Set.of("worker-0", "worker-\"1\""), 2, 0, Optional.empty()));
        }
        write(path, LOST);
        try (EventsFile file = EventsFile.open(path, "job", () -> 2)) {
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
        try (EventsFile file = EventsFile.open(path, "job", () -> 2)) {
            assertThat(file.earlier()).containsExactly(GENERATION, LOST);
        }
    }

    @Test
    void aFileThatCannotBeWrittenToAnyMoreStopsNothing() throws IOException {
        Path path = directory.resolve("events.jsonl");
        FileChannel closed = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        closed.close();
        AtomicInteger failures = new AtomicInteger();
        AtomicInteger kept = new AtomicInteger();
        try (EventsFile file = new EventsFile(path, () -> 1, closed, List.of(), false)) {
            file.whenItFails(failures::incrementAndGet);
            file.keep(GENERATION, kept::incrementAndGet);
            file.keep(LOST, kept::incrementAndGet);
        }
        assertThat(failures).hasValue(2);
        assertThat(kept).hasValue(2);
    }

    /** A pipe that is full is a disk that hangs. */
    @Test
    void nobodyWaitsForADiskThatHangs() throws Exception {
        Path path = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
        int notes = 2000;
        AtomicInteger kept = new AtomicInteger();
        try (RandomAccessFile pipe = new RandomAccessFile(path.toFile(), "rw");
                EventsFile file = new EventsFile(path, () -> 1, pipe.getChannel(), List.of(), false)) {
            for (int i = 0; i < notes; i++) {
                file.keep(LOST, kept::incrementAndGet);
            }
            assertThat(kept.get()).isLessThan(notes);
            try (FileInputStream reader = new FileInputStream(path.toFile())) {
                byte[] some = new byte[1 << 16];
                while (kept.get() < notes) {
                    if (reader.available() > 0) {
                        reader.read(some);
                    }
                }
            }
        }
    }

    @Test
    void anotherJobsFileIsRefusedWithBothNamed() throws IOException {
        Path path = directory.resolve("events.jsonl");
        write(path, GENERATION);
        String before = Files.readString(path);
        assertThatThrownBy(() -> EventsFile.open(path, "another", () -> 1))
                .isInstanceOf(IOException.class)
                .hasMessage("the events in " + path + " are those of another job: its fingerprint is job, this job's is"
                        + " another: give each job a --journal of its own, or move this one away");
        assertThat(path).hasContent(before);
    }

    @Test
    void aFileThatDoesNotSayWhoseItIsIsRefused() throws IOException {
        Path path = directory.resolve("events.jsonl");
        write(path, GENERATION);
        Files.writeString(
                path, Files.readString(path).lines().skip(1).findFirst().orElseThrow() + "\n");
        assertThatThrownBy(() -> EventsFile.open(path, "job", () -> 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("do not say of which job they are");
    }

    @Test
    void aFirstLineThatWasTornIsWrittenAgain() throws IOException {
        Path path = Files.writeString(directory.resolve("events.jsonl"), "{\"millis\":3,\"event\":\"jo");
        write(path, GENERATION);
        assertThat(Files.readAllLines(path)).hasSize(3).element(1).asString().contains("\"fingerprint\":\"job\"");
    }

    @Test
    void aJobThatIsDoneIsKnownToBeDone() throws IOException {
        Path path = directory.resolve("events.jsonl");
        write(
                path,
                GENERATION,
                new Effect.Note(
                        Topic.DONE, 2, 60, Optional.empty(), List.of(), Optional.of("abcd"), "the job is done"));
        try (EventsFile file = EventsFile.open(path, "job", () -> 2)) {
            assertThat(Recovered.from(file.earlier()).done()).contains(new Effect.Succeed(60, "abcd"));
        }
    }

    @Test
    void aFileThatCannotBeOpenedIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> EventsFile.open(file.resolve("events.jsonl"), "job", () -> 1))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot keep a log of events in " + file.resolve("events.jsonl") + ": ");
    }

    private static void keep(EventsFile file, Effect.Note note) {
        file.keep(note, () -> {});
    }

    private static void write(Path path, Effect.Note... notes) throws IOException {
        try (EventsFile file = EventsFile.open(path, "job", () -> 1)) {
            List.of(notes).forEach(note -> keep(file, note));
        }
    }
}
