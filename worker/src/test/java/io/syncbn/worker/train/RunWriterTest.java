package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.record.LogCapture;
import io.syncbn.worker.record.RecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when something of a run cannot be written; here, because something else is in its place. */
class RunWriterTest {
    private static final Job JOB = LocalTraining.job(Map.of("model", "mlp", "steps", "12", "batch", "5"));

    @TempDir
    Path out;

    private interface Act {
        void on(Path file) throws IOException;
    }

    private String run(long atStep, Act act, String file) {
        return LocalTraining.run(JOB, out, Optional.empty(), 5, step -> {
            if (step == atStep) {
                try {
                    act.on(out.resolve(file));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    @Test
    void wallTimeCountsFromTheCommandWhoeverWroteMeanwhile() throws IOException {
        long anHourAgo = System.nanoTime() - TimeUnit.HOURS.toNanos(1);
        LocalTraining.run(JOB, out, Optional.empty(), 5, LocalTraining.neverByTime(), step -> {}, anHourAgo);
        JsonNode result = new ObjectMapper().readTree(out.resolve("result.json").toFile());
        assertThat(result.path("wallSeconds").asDouble()).isGreaterThan(3600);
    }

    @Test
    void aCheckpointOnTheWayThatCannotBeKeptIsAnAlarm() {
        try (LogCapture logged = new LogCapture()) {
            String digest = run(4, Files::createFile, "checkpoints/step-00000005");
            assertThat(Checkpoint.open(out).info().weightsSha256()).isEqualTo(digest);
            List<String> told = logged.lines().stream()
                    .filter(line -> !line.contains("first step"))
                    .toList();
            assertThat(told)
                    .containsExactly(
                            "SEVERE cannot write checkpoint " + out.resolve("checkpoints/step-00000005")
                                    + ": a file that is not a directory is in the way; training goes on,"
                                    + " with the checkpoints before it",
                            "INFO writing works again: " + out.resolve("checkpoints/step-00000010"));
        }
    }

    @Test
    void aLastCheckpointThatCannotBeKeptFailsTheJob() {
        assertThatThrownBy(() -> run(7, Files::createFile, "checkpoints/step-00000012"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("cannot write checkpoint " + out.resolve("checkpoints/step-00000012"));
        assertThat(out.resolve("result.json")).doesNotExist();
        assertThat(out.resolve("checkpoints/step-00000010")).isDirectory();
    }

    @Test
    void aResultThatCannotBeWrittenFailsTheJob() {
        assertThatThrownBy(() -> run(7, file -> Files.createDirectories(file.resolve("in the way")), "result.json"))
                .isInstanceOf(RecordException.class)
                .hasMessageStartingWith("cannot write " + out.resolve("result.json") + ": ");
        assertThat(out.resolve("checkpoints/step-00000012")).isDirectory();
    }
}
