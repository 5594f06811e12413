package io.syncbn.deploy.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures {@link Norms} and PyTorch's layers in turn, {@value #ROUNDS} times for each norm and shape, and prints a JSON
 * line for each: microseconds of both, and ours divided by those of PyTorch's fastest form. A figure is the 10th percentile
 * of single calls, the least of all rounds, because other processes can only add to it. Its name keeps it out of
 * {@code mvn verify}; it takes ten minutes or more; {@code -Dnorms=group:8} measures fewer:
 *
 * <pre>
 * SYNCBN_PYTHON=PYTHON mvn -q -B test -pl deploy -am -Dtest=NormsBesidePyTorch -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
class NormsBesidePyTorch {
    private static final int ROUNDS = 2;
    private static final List<String> NORMS =
            List.of(System.getProperty("norms", "batch,group:8,layer,instance").split(","));
    private static final List<String> BATCHES = List.of("4", "32");
    private static final List<String> CHANNELS = List.of("16", "32", "64");
    private static final double PERCENTILE = 10;
    /** For each form of PyTorch's layer. */
    private static final double PEER_SECONDS = 0.5;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void run() throws IOException, RunnerException {
        String python = System.getenv("SYNCBN_PYTHON");
        assumeTrue(python != null, "SYNCBN_PYTHON names no Python with torch: nothing to compare with");
        Process peer = peer(python);
        try (PrintStream questions = new PrintStream(peer.getOutputStream(), true, StandardCharsets.UTF_8);
                BufferedReader answers = peer.inputReader(StandardCharsets.UTF_8)) {
            for (String norm : NORMS) {
                for (String batch : BATCHES) {
                    for (String channels : CHANNELS) {
                        System.out.println(line(norm, batch, channels, questions, answers));
                    }
                }
            }
        } finally {
            peer.destroyForcibly();
        }
    }

    /** PyTorch's side, which answers questions on its standard input. */
    static Process peer(String python) throws IOException {
        try (InputStream in = NormsBesidePyTorch.class.getResourceAsStream("norms.py")) {
            String program = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new ProcessBuilder(python, "-c", program)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        }
    }

    private static ObjectNode line(
            String norm, String batch, String channels, PrintStream questions, BufferedReader answers)
            throws RunnerException, IOException {
        double ours = Double.MAX_VALUE;
        Map<String, Double> forms = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            ours = Math.min(ours, measure(norm, batch, channels));
            questions.println(String.join(" ", norm, batch, channels, Double.toString(PEER_SECONDS)));
            String answer = answers.readLine();
            assertThat(answer).as("PyTorch's answer").isNotNull();
            for (Map.Entry<String, JsonNode> form : JSON.readTree(answer).properties()) {
                forms.merge(form.getKey(), form.getValue().asDouble(), Math::min);
            }
        }
        Map.Entry<String, Double> fastest =
                forms.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow();
        ObjectNode line =
                JSON.createObjectNode().put("norm", norm).put("batch", batch).put("channels", channels);
        line.put("micros", rounded(ours)).put("pytorchMicros", fastest.getValue());
        line.put("ratio", rounded(ours / fastest.getValue())).put("fastestForm", fastest.getKey());
        line.set("forms", JSON.valueToTree(forms));
        return line;
    }

    /** In a JVM of its own. */
    private static double measure(String norm, String batch, String channels) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include("io\\.syncbn\\.deploy\\.benchmarks\\.Norms\\.")
                        .param("norm", norm)
                        .param("batch", batch)
                        .param("channels", channels)
                        .mode(Mode.SampleTime)
                        .timeUnit(TimeUnit.MICROSECONDS)
                        .forks(1)
                        .warmupIterations(4)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(4)
                        .measurementTime(TimeValue.milliseconds(500))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .runSingle()
                .getPrimaryResult()
                .getStatistics()
                .getPercentile(PERCENTILE);
    }

    private static double rounded(double number) {
        return Math.round(100 * number) / 100.0;
    }
}
