package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.syncbn.deploy.system.Syncbn.Ended;
import io.syncbn.deploy.system.Syncbn.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Weights that whole jobs have ended with. Those of portable kernels were seen on processors with AVX-512 of two makers, with
 * vectors of 512, 256 and 128 bits, as those of ARM have; those of oneDNN limited to AVX2 on processors of several kinds. Where
 * these change, every result that anybody has published does; a processor on which they differ is a finding.
 */
class GoldenTest {
    private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

    @TempDir
    private Path run;

    @ParameterizedTest
    @CsvSource({
        "resnet20, '', bf96abd822438d801cb0ecfa3048e8192a07d3c14f6276f175783b0c4fa35318",
        "resnet20, -XX:UseAVX=2, bf96abd822438d801cb0ecfa3048e8192a07d3c14f6276f175783b0c4fa35318",
        "resnet20, -XX:MaxVectorSize=16, bf96abd822438d801cb0ecfa3048e8192a07d3c14f6276f175783b0c4fa35318",
        "lenet, '', 97e8f4ac026fe1b55071417946980e6fc0bc06560892db0badd393a8ab19b470"
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
