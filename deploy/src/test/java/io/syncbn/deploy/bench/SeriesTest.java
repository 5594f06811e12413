package io.syncbn.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
        Optional<Results> results = series.run(
                List.of(
                        shell(
                                "a",
                                "echo noise; echo '{\"peer\": \"a\", \"ms\": 1}'; echo '{\"peer\": \"a\", \"ms\": 2}'"),
                        shell("b", "echo '{\"peer\": \"b\"}'; echo warning >&2")),
                2);
        assertThat(results.orElseThrow().all().stream().map(Object::toString))
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
    void aProgramThatDiesIsToldWithItsLastWords() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> series.run(
                        List.of(shell("PyTorch, 2 × 4", "echo '{\"ms\": 1}'; echo out of memory >&2; exit 7")), 1))
                .withMessage(
                        "PyTorch, 2 × 4 ended with exit code 7; its last words:\n  | {\"ms\": 1}\n  | out of memory");
    }

    @Test
    void aProgramWithoutAResultIsTold() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> series.run(List.of(shell("peer", "echo hello")), 1))
                .withMessage("peer ended without a result; its last words:\n  | hello");
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> series.run(List.of(new Measurement("peer", List.of("/no/such/program"))), 1))
                .withMessageStartingWith("peer cannot be started: ")
                .withMessageContaining("/no/such/program");
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
    void anInterruptionEndsTheRunningProgramAndTheSeries() throws Exception {
        CompletableFuture<String> started = new CompletableFuture<>();
        Series interrupted = new Series(started::complete);
        CompletableFuture<Optional<Results>> results = CompletableFuture.supplyAsync(() -> {
            try {
                return interrupted.run(List.of(shell("long", "exec sleep 600"), shell("next", "echo '{}'")), 1);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        started.get(60, TimeUnit.SECONDS);
        interrupted.interrupt();
        assertThat(results.get(60, TimeUnit.SECONDS)).isEmpty();
    }
}
