package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.deploy.system.Syncbn.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks with real processes, as short as can be: what they print, not how fast it is. */
class BenchTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    @Test
    void comparingPrintsTablesAndEveryFigure() throws IOException {
        Path python = program("#!/bin/sh\nexit 0\n");
        Path peer = program("stands for a program of PyTorch's");
        // What stands for Python prints what the peer would, and so do all of its kinds of work.
        Files.writeString(python, """
                #!/bin/sh
                case "$2" in
                    train) echo '{"peer": "pytorch-gloo", "model": "resnet20", "size": 32, "norm": "local", "workers": 1, "batch": 2, "stepMillisMedian": 1e9}' ;;
                    single) echo '{"peer": "pytorch-gloo", "model": "mlp", "size": 8, "norm": "whole batch, 1 threads", "batch": 3, "stepMillisMedian": 2e9}' ;;
                    allreduce) echo '{"peer": "pytorch-gloo", "workers": 2, "floats": 33, "microsMedian": 1e9, "microsP99": 2e9}' ;;
                esac
                """);
        Path json = directory.resolve("figures.json");

        Ended ended = Syncbn.succeed(
                "bench",
                "compare",
                "--python",
                python,
                "--peer",
                peer,
                "--rounds",
                1,
                "--configurations",
                "1x2",
                "--steps",
                10,
                "--models",
                "mlp:8",
                "--model-batch",
                3,
                "--model-steps",
                10,
                "--sum-workers",
                2,
                "--floats",
                "33,20000",
                "--sums",
                10,
                "--json",
                json);

        assertThat(ended.out())
                .contains(" 1 × 2 |", "1,000,000,000.0", " mlp, 8 × 8 |", "2,000,000,000.0", " 33 |", " 20,000 |");
        assertThat(ended.err()).contains("round 1/1  1/8  syncbn, 1 × 2, sync", "8/8  raw TCP star, sums of 2 workers");
        JsonNode results = JSON.readTree(json.toFile()).get("results");
        // Steps: one of ours, two of the peer's, one of each of another model. Sums: two sizes of ours and of the
        // star's, one
        // of the peer's.
        assertThat(results).hasSize(10);
        assertThat(results.get(0).get("stepMillisMedian").asDouble()).isPositive();
        assertThat(results.get(0).get("workerResidentMegabytes").asLong()).isPositive();
        assertThat(results.get(9).get("peer").asText()).isEqualTo("raw-tcp-star");
        assertThat(results.get(9).get("microsMedian").asDouble()).isPositive();
    }

    @Test
    void growthPrintsTablesLinesAndFigures() throws IOException {
        Ended ended = Syncbn.succeed(
                "bench",
                "growth",
                "--workers",
                2,
                "--batch",
                1,
                "--global-batch",
                2,
                "--steps",
                10,
                "--floats",
                "33,20000",
                "--sums",
                10);
        assertThat(ended.out()).contains(" 2 × 1 |", " 20,000 |", "R²");
        String json = ended.out()
                .substring(ended.out().indexOf("```json") + 7, ended.out().lastIndexOf("```"));
        // One configuration, which is in both tables, and two sizes.
        assertThat(JSON.readTree(json).get("results")).hasSize(3);
    }

    @Test
    void aPeerThatDiesLeavesAGap() throws IOException {
        Path python = program("#!/bin/sh\n[ \"$1\" = -c ] && exit 0\necho no memory left >&2\nexit 3\n");
        Ended ended = Syncbn.run(
                "bench",
                "compare",
                "--python",
                python,
                "--configurations",
                "none",
                "--sum-workers",
                1,
                "--floats",
                33,
                "--sums",
                10,
                "--rounds",
                1);
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err())
                .contains("syncbn: in round 1 gloo, sums of 1 workers ended with exit code 3; its last words:\n"
                        + "  | no memory left");
        assertThat(ended.out()).contains("– (–)", "\"peer\" : \"raw-tcp-star\"", "\"failures\"");
    }

    private Path program(String text) throws IOException {
        Path file = Files.writeString(Files.createTempFile(directory, "program", ""), text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
