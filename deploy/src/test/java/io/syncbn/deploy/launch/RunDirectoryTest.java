package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.record.RunLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunDirectoryTest {
    @TempDir
    private Path temporary;

    @Test
    void aRunIsNamedByDataModelAndTime() {
        LocalDateTime now = LocalDateTime.of(2026, 1, 31, 12, 0, 5);
        assertThat(RunDirectory.named(
                        JobParser.parse(Map.of("data", "mnist:/data", "model", "org.example.Net"), 1), now))
                .isEqualTo(new RunDirectory(Path.of("runs/mnist-Net-20260131-120005")));
        for (String data : List.of("class:MyData", "class:com.example.MyData:/data/v1.0")) {
            assertThat(RunDirectory.named(JobParser.parse(Map.of("data", data, "model", "mlp"), 1), now))
                    .isEqualTo(new RunDirectory(Path.of("runs/MyData-mlp-20260131-120005")));
        }
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
    void runsThatNameTheirDirectoryAtTheSameTimeGetEachItsOwn() throws IOException {
        RunDirectory wanted = new RunDirectory(temporary.resolve("runs/shapes-mlp-20260131-120005"));
        assertThat(wanted.makeNew()).isEqualTo(wanted);
        assertThat(wanted.makeNew().path())
                .hasFileName("shapes-mlp-20260131-120005-2")
                .isEmptyDirectory();
        assertThat(wanted.makeNew().path()).hasFileName("shapes-mlp-20260131-120005-3");
    }

    @Test
    void whatARunLeavesThatNeverTrainedIsFree() throws IOException {
        RunDirectory directory = new RunDirectory(temporary);
        directory.create("lr: 1");
        Files.writeString(directory.log("worker-0"), "syncbn: no such file");
        Files.writeString(directory.events(), "{}");
        Files.createFile(temporary.resolve(RunLock.FILE));
        Files.writeString(directory.workers(), "{}");
        Path ofMlflow = Files.writeString(temporary.resolve("mlflow-run"), "0a1b");
        Path before = Files.createDirectories(temporary.resolve("checkpoints/step-00000000"));
        Files.createFile(before.resolve("state.json"));
        assertThat(directory.isFree()).isTrue();

        directory.clear();
        assertThat(before).doesNotExist();
        assertThat(ofMlflow).doesNotExist();
        assertThat(directory.workers()).doesNotExist();
        assertThat(directory.log("worker-0")).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"checkpoints/step-00000010/state.json", "metrics.jsonl", "result.json", "notes.txt", ".git"})
    void whatMayBeSomebodysWorkIsNot(String name) throws IOException {
        RunDirectory directory = new RunDirectory(temporary);
        directory.create("lr: 1");
        assertThat(directory.isFree()).isTrue();
        Path file = temporary.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{}");
        assertThat(directory.isFree()).isFalse();
    }

    @Test
    void aJobFileThatAUserHasPutThereIsKept() throws IOException {
        Files.writeString(temporary.resolve("job.yaml"), "lr: 1 # mine");
        assertThat(new RunDirectory(temporary).isFree()).isFalse();
    }

    @Test
    void theSummaryOfARunThatDidNoStepNamesWhatIsKnown() throws IOException {
        RunDirectory directory = new RunDirectory(temporary);
        Files.writeString(directory.result(), """
                {"steps": 30, "epochs": 3.0, "testAccuracy": 0.75, "trainLoss": null, "weightsSha256": "abc",
                 "imagesPerSecond": 0.0, "stepMillisMedian": 0.0, "syncMillisMedian": 0.0}
                """);
        assertThat(Summary.of(directory))
                .containsExactly(
                        "test accuracy  75.00 %  after 30 steps (3.000 epochs)",
                        "weights        abc (SHA-256)",
                        "run directory  " + temporary,
                        "  result       " + temporary.resolve("result.json"),
                        "  page         syncbn view " + temporary);
    }

    @Test
    void aRunThatGoesOnFromBeforeItsEndForgetsItsResult() throws IOException {
        RunDirectory directory = new RunDirectory(temporary);
        directory.forgetResultAfter(20);
        Files.writeString(directory.result(), "{\"steps\": 20}");
        directory.forgetResultAfter(20);
        assertThat(directory.result()).exists();
        directory.forgetResultAfter(10);
        assertThat(directory.result()).doesNotExist();
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
                        "run directory  " + temporary,
                        "  result       " + temporary.resolve("result.json"),
                        "  page         syncbn view " + temporary);
    }
}
