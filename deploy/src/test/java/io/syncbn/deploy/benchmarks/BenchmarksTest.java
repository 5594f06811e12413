package io.syncbn.deploy.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** That the benchmarks run: one short iteration of each with its smallest parameters, in this JVM. */
class BenchmarksTest {

    @Test
    void everyBenchmarkRuns() throws RunnerException {
        List<ObjectNode> lines = new Runner(Benchmarks.options("(SimdLoops|Framing|Reduction|Convolutions|Norms)")
                        .param("batch", "2")
                        .param("channels", "16")
                        .param("kernels", "PORTABLE")
                        .param("norm", "group:8")
                        .param("workers", "2")
                        .param("payload", "129 float64")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(1))
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run().stream()
                        .map((RunResult result) -> Benchmarks.line(result))
                        .toList();
        assertThat(lines.stream().map(line -> line.get("benchmark").asText()))
                .containsExactlyInAnyOrder(
                        "SimdLoops.moments",
                        "SimdLoops.normalizeRelu",
                        "SimdLoops.normalizeAddRelu",
                        "SimdLoops.gradientMoments",
                        "SimdLoops.normalizeGradient",
                        "Framing.write",
                        "Framing.encode",
                        "Framing.decode",
                        "Reduction.offer",
                        "Convolutions.forward",
                        "Convolutions.forwardAndBackward",
                        "Norms.forwardAndBackward");
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.get("micros").asDouble()).isPositive();
            assertThat(line.size()).isGreaterThanOrEqualTo(4);
        });
    }

    @Test
    void pyTorchsLayersRun() throws IOException {
        String python = System.getenv("SYNCBN_PYTHON");
        assumeTrue(python != null, "SYNCBN_PYTHON names no Python with torch: nothing to compare with");
        Process peer = NormsBesidePyTorch.peer(python);
        try (PrintStream questions = new PrintStream(peer.getOutputStream(), true, StandardCharsets.UTF_8);
                BufferedReader answers = peer.inputReader(StandardCharsets.UTF_8)) {
            for (String norm : new String[] {"batch", "group:8", "layer", "instance"}) {
                questions.println(norm + " 1 16 0.001");
                JsonNode answer = new ObjectMapper().readTree(answers.readLine());
                assertThat(answer.size()).as(norm).isGreaterThanOrEqualTo(2);
                assertThat(answer).as(norm).allSatisfy(micros -> assertThat(micros.asDouble())
                        .isPositive());
            }
        } finally {
            peer.destroyForcibly();
        }
    }
}
