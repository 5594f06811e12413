package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.proto.job.Job;
import io.syncbn.worker.ReadmeClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data format that README shows trains a job, and the job can go on where its data has moved to. */
class OwnDataTest {
    private static final int ROWS = 60;

    @TempDir
    Path directory;

    /** Flowers whose first feature tells their class. */
    private static void write(Path file, int shift) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            int label = row % 3;
            lines.add(String.format(
                    Locale.ROOT,
                    "%.1f,%d,%d,1.5,%d",
                    2.0 * label + 0.1 * (row % 7),
                    row % 5,
                    (row + shift) % 4,
                    label));
        }
        Files.write(file, lines);
    }

    private Job job(Path data, long steps) {
        return LocalTraining.job(Map.of(
                "data",
                "class:CsvData:" + data,
                "model",
                "mlp",
                "steps",
                Long.toString(steps),
                "batch",
                "5",
                "lr",
                "0.1"));
    }

    @Test
    void theFormatOfTheReadmeTrains() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        write(data.resolve("train.csv"), 0);
        write(data.resolve("test.csv"), 1);
        try (ReadmeClass csv = new ReadmeClass("CsvData", directory)) {
            Path run = directory.resolve("run");
            String digest = LocalTraining.run(job(data, 40), run, Optional.empty(), 10);
            assertThat(new ObjectMapper()
                            .readTree(run.resolve("result.json").toFile())
                            .path("testAccuracy")
                            .asDouble())
                    .isGreaterThan(0.9);

            Path moved = Files.move(data, directory.resolve("elsewhere"));
            Path resumed = directory.resolve("resumed");
            Path from = run.resolve("checkpoints/step-00000030");
            assertThat(LocalTraining.run(job(moved, 40), resumed, Optional.of(from), 10))
                    .isEqualTo(digest);
        }
    }
}
