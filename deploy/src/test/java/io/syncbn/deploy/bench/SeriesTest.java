package io.syncbn.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** With programs of the shell that stand for measuring ones. */
class SeriesTest {
    private final List<String> progress = new ArrayList<>();
    private final Series series = new Series(progress::add);

    private static Measurement shell(String name, String script) {
        return new Measurement(name, List.of("sh", "-c", script));
    }

    @Test
    void everyRoundRunsEverythingInTurn() throws Exception {
        Results results = series.run(
                List.of(
                        shell(
                                "a",
                                "echo noise; echo '{\"peer\": \"a\", \"ms\": 1}'; echo '{\"peer\": \"a\", \"ms\": 2}'"),
                        shell("b", "echo '{\"peer\": \"b\"}'; echo warning >&2")),
                2);
        assertThat(results.all().stream().map(Object::toString))
                .containsExactly(
                        "{\"round\":1,\"peer\":\"a\",\"ms\":1}",
                        "{\"round\":1,\"peer\":\"a\",\"ms\":2}",
                        "{\"round\":1,\"peer\":\"b\"}",
                        "{\"round\":2,\"peer\":\"a\",\"ms\":1}",
                        "{\"round\":2,\"peer\":\"a\",\"ms\":2}",
                        "{\"round\":2,\"peer\":\"b\"}");
        assertThat(progress)
                .containsExactly("round 1/2  1/2  a", "round 1/2  2/2  b", "round 2/2  1/2  a", "round 2/2  2/2  b");
    }

    @Test
    void aProgramThatFailsLeavesAGapAndIsToldWithItsLastWords() throws Exception {
        Results results = series.run(
                List.of(
                        shell("PyTorch, 2 × 4", "echo '{\"ms\": 1}'; echo out of memory >&2; exit 7"),
                        shell("silent", "echo hello"),
                        new Measurement("absent", List.of("/no/such/program")),
                        shell("b", "echo '{\"peer\": \"b\"}'")),
                1);
        assertThat(results.all().stream().map(Object::toString)).containsExactly("{\"round\":1,\"peer\":\"b\"}");
        assertThat(results.failures()).hasSize(3);
        assertThat(results.failures().get(0))
                .isEqualTo("in round 1 PyTorch, 2 × 4 ended with exit code 7; its last words:\n"
                        + "  | {\"ms\": 1}\n  | out of memory");
        assertThat(results.failures().get(1))
                .isEqualTo("in round 1 silent ended without a result; its last words:\n  | hello");
        assertThat(results.failures().get(2))
                .startsWith("in round 1 absent cannot be started: ")
                .contains("/no/such/program");
        assertThat(progress).contains("round 1/1  2/4  silent ended without a result; its last words:\n  | hello");
    }

    @Test
    void aPythonWithoutTorchIsNamedWithWhatItSaid() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> Peer.requireTorch("false"))
                .withMessageStartingWith("--python false has no PyTorch");
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> Peer.requireTorch("/no/such/python"))
                .withMessageStartingWith("--python /no/such/python cannot be started");
    }

    @Test
    void anInterruptionEndsTheRunningProgramAndTheSeriesAndKeepsWhatThereIs() throws Exception {
        CompletableFuture<String> started = new CompletableFuture<>();
        Series interrupted = new Series(line -> {
            if (line.endsWith("long")) {
                started.complete(line);
            }
        });
        CompletableFuture<Results> results = CompletableFuture.supplyAsync(() -> {
            try {
                return interrupted.run(
                        List.of(
                                shell("first", "echo '{}'"),
                                shell("long", "echo '{\"half\": 1}'; exec sleep 600"),
                                shell("next", "echo '{}'")),
                        2);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        started.get(60, TimeUnit.SECONDS);
        assertThat(interrupted.isInterrupted()).isFalse();
        interrupted.interrupt();
        assertThat(results.get(60, TimeUnit.SECONDS).all().stream().map(Object::toString))
                .containsExactly("{\"round\":1}");
        assertThat(results.get().failures()).isEmpty();
        assertThat(interrupted.isInterrupted()).isTrue();
    }
}
