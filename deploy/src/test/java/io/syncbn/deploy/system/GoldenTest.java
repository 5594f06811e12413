package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.syncbn.deploy.system.Syncbn.Ended;
import io.syncbn.deploy.system.Syncbn.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Weights that whole jobs have ended with. Those of portable kernels were seen on an Intel Xeon with AVX-512, with vectors of
 * 512, 256 and 128 bits, as those of ARM have; those of oneDNN limited to AVX2 on processors of several kinds. Where
 * these change, every result that anybody has published does; a processor on which they differ is a finding.
 */
class GoldenTest {
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    @TempDir
    private Path run;

    @ParameterizedTest
    @CsvSource({
        "resnet20, '', 18fec0ae761098a0a52d3a13c543d7011982ac49948f8cc7aad4bf35eff867b8",
        "resnet20, -XX:+IgnoreUnrecognizedVMOptions -XX:UseAVX=2, 18fec0ae761098a0a52d3a13c543d7011982ac49948f8cc7aad4bf35eff867b8",
        "resnet20, -XX:MaxVectorSize=16, 18fec0ae761098a0a52d3a13c543d7011982ac49948f8cc7aad4bf35eff867b8",
        "lenet, '', 9cac4ba3f7ac0157c82c92ac6f290631bfdf9d964c2b98313972bd4fec24f8b8"
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

    /** One shard's operations are shared by threads, or not. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void threadsChangeNoBit(int threads) throws IOException {
        Syncbn.succeed("train", "--shards", 1, "--steps", 20, "--threads", threads, "--out", run);
        assertThat(run.resolve("job.yaml")).as("what workers read").content().contains("\nthreads: " + threads + "\n");
        assertThat(Syncbn.result(run).path("weightsSha256").asText())
                .isEqualTo("aa5223768e7dddae473b92fc4a69e75f204e8281626b5fbd7f2e12d959fad7f6");
    }

    @Test
    void aJobOfOneDnnLimitedToAvx2EndsWithTheBitsItHasAlwaysEndedWith() throws Exception {
        assumeThat(Files.exists(PROCESSOR) && Files.readString(PROCESSOR).contains(" avx2 "))
                .as("a processor with AVX2")
                .isTrue();
        Syncbn.succeed(
                "train",
                "--workers",
                2,
                "--shards",
                4,
                "--steps",
                20,
                "--kernels",
                "onednn",
                "--isa",
                "avx2",
                "--out",
                run);
        assertThat(Syncbn.result(run).path("weightsSha256").asText())
                .isEqualTo("38cecc1d430f7f5ff2b1111f0e54d1abaf8a25c1f716a773d542113c8c83d21b");
        assertThat(Syncbn.result(run)
                        .path("computedWith")
                        .path("instructionSet")
                        .asText())
                .isEqualTo("AVX2");
    }
}
