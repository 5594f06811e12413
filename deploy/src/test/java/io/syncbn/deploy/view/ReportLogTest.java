package io.syncbn.deploy.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.proto.v1.Report;
import io.syncbn.proto.v1.StepTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportLogTest {
    @TempDir
    private Path directory;

    private static Report report(long step) {
        return Report.newBuilder()
                .setLastStep(step)
                .setSteps(10)
                .setSums(StepTimes.newBuilder()
                        .setCompute(1000)
                        .addForwardWaits(1)
                        .addBackwardWaits(2))
                .build();
    }

    /** A report twice a second for a month: all steps are in the file, which is small. */
    @Test
    void theFileGrowsWithTheLogarithmOfTime() throws IOException {
        Path file = directory.resolve("workers.jsonl");
        long reports = 30L * 24 * 3600 * 2;
        try (ReportLog log = new ReportLog(file, 0)) {
            for (long i = 1; i <= reports; i++) {
                log.add(i * 500, "worker-0", 1, report(10 * i));
            }
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSizeBetween(1000, 6000);
        long steps = 0;
        for (String line : lines) {
            JsonNode json = new ObjectMapper().readTree(line);
            steps += json.path("steps").asLong();
            assertThat(json.path("times").path(1).asLong())
                    .isEqualTo(100 * json.path("steps").asLong());
        }
        assertThat(steps).isEqualTo(10 * reports);
    }

    @Test
    void aLineIsOfOneGeneration() throws IOException {
        Path file = directory.resolve("workers.jsonl");
        try (ReportLog log = new ReportLog(file, 0)) {
            log.add(100, "worker-0", 1, report(10));
            log.add(200, "worker-0", 2, report(20));
        }
        assertThat(Files.readAllLines(file))
                .satisfiesExactly(
                        first -> assertThat(first).contains("\"generation\":1,\"step\":10,"),
                        second -> assertThat(second).contains("\"generation\":2,\"step\":20,"));
    }
}
