package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosPlanTest {
    @TempDir
    private Path directory;

    /** It would take the place of the disturbed run there. */
    @Test
    void nobodyIsToldOfTheUndisturbedRun() throws IOException {
        Path job = directory.resolve("job.yaml");
        Files.writeString(job, """
                lr: 0.3
                tensorboard: /boards/first
                tensorboard-histograms: 10
                mlflow: 'http://localhost:5000'
                mlflow-experiment: pictures
                keep: 4
                """);
        assertThat(ChaosPlan.untracked(job)).isEqualTo("lr: 0.3\nkeep: 4\n");
    }
}
