package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.system.Syncbn.Ended;
import io.syncbn.deploy.system.Syncbn.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Weights that whole jobs have ended with, on processors of several kinds and with vectors of several widths, down to 128 bits
 * as those of ARM have. Where these change, every result that anybody has published does; a processor on which they differ is
 * a finding.
 */
class GoldenTest {
    @TempDir
    private Path run;

    @ParameterizedTest
    @CsvSource({
        "resnet20, -XX:MaxVectorSize=64, GOLDEN",
        "resnet20, -XX:MaxVectorSize=32, GOLDEN",
        "resnet20, -XX:MaxVectorSize=16, GOLDEN",
        "lenet, -XX:MaxVectorSize=64, GOLDEN"
    })
    void aJobEndsWithTheBitsItHasAlwaysEndedWith(String model, String vectors, String weights) throws Exception {
        Surroundings surroundings = new Surroundings(Map.of("JAVA_TOOL_OPTIONS", vectors), List.of(), Optional.empty());
        try (Syncbn job = Syncbn.start(
                surroundings, "train", "--workers", 2, "--shards", 4, "--steps", 20, "--model", model, "--out", run)) {
            Ended ended = job.await(Syncbn.PATIENCE);
            assertThat(ended.exitCode()).as(ended.err()).isZero();
        }
        assertThat(Syncbn.result(run).path("weightsSha256").asText()).isEqualTo(weights);
        assertThat(Syncbn.result(run).path("computedWith").path("library").asText())
                .isEqualTo("portable kernels 1");
    }
}
