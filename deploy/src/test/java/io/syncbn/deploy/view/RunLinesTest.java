package io.syncbn.deploy.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLinesTest {
    @TempDir
    private Path outside;

    private Path run;

    @BeforeEach
    void makeRun() throws IOException {
        run = Files.createDirectories(outside.resolve("run/logs")).getParent();
        Files.writeString(outside.resolve("secret.jsonl"), "{\"step\":1}\n");
        Files.writeString(run.resolve("job.yaml"), "step: 1\n");
        Files.writeString(
                run.resolve("metrics.jsonl"),
                IntStream.rangeClosed(1, 100)
                        .mapToObj(step -> "{\"step\":" + step + ",\"loss\":0.5}\n")
                        .collect(Collectors.joining()));
        Files.writeString(
                run.resolve("logs/worker-0.log"),
                "WARNING: first\n2026-01-31 12:00:00.100 INFO a: one\n2026-01-31 12:00:05.000 INFO a: two\n  more\n");
    }

    @Test
    void aStepIsFoundWithWhatIsAroundIt() {
        assertThat(RunLines.near(run, "metrics.jsonl", "step:10"))
                .startsWith("metrics.jsonl\n{\"step\":4,")
                .contains("{\"step\":10,")
                .endsWith("{\"step\":22,\"loss\":0.5}\n");
    }

    @Test
    void aTimeIsFoundInALog() {
        long millis = LocalDateTime.of(2026, 1, 31, 12, 0, 3)
                .atZone(ZoneId.systemDefault())
                .toInstant()
                .toEpochMilli();
        assertThat(RunLines.near(run, "logs/worker-0.log", "millis:" + millis))
                .isEqualTo("logs/worker-0.log\nWARNING: first\n2026-01-31 12:00:00.100 INFO a: one\n"
                        + "2026-01-31 12:00:05.000 INFO a: two\n  more\n");
    }

    @Test
    void onlyARunsOwnFilesAreShown() {
        for (String file : new String[] {
            "../secret.jsonl", "job.yaml", "logs/../../secret.jsonl", "logs/..", "", "/etc/passwd", "logs/.hidden.log"
        }) {
            assertThat(RunLines.near(run, file, "step:1")).isEqualTo("no lines of '" + file + "' at 'step:1'\n");
        }
        assertThat(RunLines.near(run, "metrics.jsonl", "step:x")).startsWith("no lines of");
        assertThat(RunLines.near(run, "events.jsonl", "step:1")).isEqualTo("events.jsonl is not there\n");
    }
}
