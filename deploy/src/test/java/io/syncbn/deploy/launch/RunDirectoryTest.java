package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.JobParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    @TempDir
    private Path temporary;

    @Test
    void aRunIsNamedByDataModelAndTime() {
        LocalDateTime now = LocalDateTime.of(2026, 1, 31, 12, 0, 5);
        assertThat(RunDirectory.named(
                        JobParser.parse(Map.of("data", "mnist:/data", "model", "org.example.Net"), 1), now))
                .isEqualTo(new RunDirectory(Path.of("runs/mnist-Net-20260131-120005")));
    }

    @Test
    void onlyWhatIsAbsentOrEmptyIsFree() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");
        assertThat(new RunDirectory(temporary.resolve("absent")).isFree()).isTrue();
        assertThat(new RunDirectory(Files.createDirectory(temporary.resolve("empty"))).isFree())
                .isTrue();
        assertThat(new RunDirectory(file).isFree()).isFalse();
        assertThat(new RunDirectory(temporary).isFree()).isFalse();
    }

    @Test
    void theLastCheckpointIsTheNewestCompleteOne() throws IOException {
        RunDirectory directory = new RunDirectory(temporary);
        assertThat(directory.lastCheckpoint()).isEmpty();
        for (String name : new String[] {"step-00000000", "step-00000090", "step-00000100"}) {
            Files.createDirectories(temporary.resolve("checkpoints").resolve(name));
        }
        assertThat(directory.lastCheckpoint()).isEmpty();
        Path last = temporary.resolve("checkpoints/step-00000090");
        Files.writeString(last.resolve("state.json"), "{}");
        Files.writeString(temporary.resolve("checkpoints/step-00000000/state.json"), "{}");
        assertThat(directory.lastCheckpoint()).contains(last);
    }

    @Test
    void eventsOfEarlierProcessesArePutAside() throws IOException {
        RunDirectory directory = new RunDirectory(temporary);
        directory.create("");
        for (String run : new String[] {"first", "second"}) {
            Files.writeString(directory.events(), run);
            directory.create("");
            assertThat(directory.events()).doesNotExist();
        }
        assertThat(temporary.resolve("events.jsonl.1")).hasContent("first");
        assertThat(temporary.resolve("events.jsonl.2")).hasContent("second");
    }

    @Test
    void theSummaryTellsOfMoreThanOneGeneration() throws IOException {
        RunDirectory directory = new RunDirectory(temporary);
        Files.writeString(directory.result(), "{}");
        Files.writeString(directory.events(), "{\"event\":\"joined\"}\n{\"event\":\"generation\"}\n");
        assertThat(Summary.of(directory)).noneMatch(line -> line.startsWith("membership"));

        Files.writeString(
                directory.events(),
                "{\"event\":\"lost\"}\n{\"event\":\"restarted\"}\n{\"event\":\"lost\"}\n{\"event\":\"generation\"}\n{\"ev",
                StandardOpenOption.APPEND);
        assertThat(Summary.of(directory)).contains("membership     2 generations (lost 2, restarted 1)");
    }

    @Test
    void theSummaryTellsTheResult() throws IOException {
        RunDirectory directory = new RunDirectory(temporary);
        Files.writeString(directory.result(), """
                {"steps": 30, "epochs": 3.0, "testAccuracy": 0.75, "trainLoss": 1.5, "weightsSha256": "abc",
                 "imagesPerSecond": 80.1, "stepMillisMedian": 100.0, "syncMillisMedian": 20.0}
                """);
        assertThat(Summary.of(directory))
                .containsExactly(
                        "test accuracy  75.00 %  after 30 steps (3.000 epochs), train loss 1.500 over the last epoch",
                        "weights        abc (SHA-256)",
                        "speed          80 images/s, 100.0 ms a step, 20.0 ms of it waiting for others",
                        "run directory  " + temporary);
    }
}
