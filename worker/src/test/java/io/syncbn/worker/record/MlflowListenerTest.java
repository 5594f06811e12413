package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.mlflow.FakeMlflow;
import io.syncbn.worker.mlflow.FakeMlflow.Mood;
import io.syncbn.worker.mlflow.FakeMlflow.Point;
import io.syncbn.worker.mlflow.MlflowException;
import io.syncbn.worker.mlflow.MlflowServer;
import io.syncbn.worker.nn.Description;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What MLflow hears of a run, and what a server that does not listen costs. */
class MlflowListenerTest {
    private static final Job JOB = JobParser.parse(Map.of("model", "lenet", "lr", "0.3", "init", "/w/".repeat(300)), 2);
    private static final Origin ORIGIN =
            new Origin(JOB, "da7a", new Description("1x1x1", List.of()), "a417", Map.of(), DataDescription.NONE);
    private static final StepSplit SPLIT = new StepSplit(40, 1, 2, 1, 1, 1, 34);
    /** For a server that answers, on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final RunResult RESULT = new RunResult(6, 0.5, "aa01");

    @TempDir
    private Path directory;

    private FakeMlflow server;
    private long millis = 1_795_966_130_000L;

    @BeforeEach
    void begin() throws IOException {
        server = new FakeMlflow();
    }

    @AfterEach
    void end() {
        server.close();
    }

    private MlflowListener listener() {
        return listener(server.uri(), PATIENCE);
    }

    private MlflowListener listener(URI uri, Duration patience) {
        Tracking tracking = new Tracking(Optional.empty(), 0, Optional.of(uri), "pictures");
        return new MlflowListener(
                new RunTarget(directory, 3, "worker-0", true, tracking, (run, job) -> "<p>" + run.getFileName()),
                ORIGIN,
                () -> millis,
                patience);
    }

    private StepRecord step(long number) {
        millis += 100;
        return new StepRecord(number, 0.1 * number, 1.0 / number, 0.5, 0.1, 8, false, false, null, SPLIT);
    }

    private void steps(RunListener listener, long first, long last) {
        for (long number = first; number <= last; number++) {
            listener.stepped(step(number));
        }
    }

    /** It answers, but perhaps not at once: the machine is busy. */
    private void closeWhenTaken(MlflowListener listener) {
        for (int tries = 0; tries < 30; tries++) {
            millis += MlflowListener.BETWEEN_TRIES_MILLIS;
            try {
                listener.close();
                return;
            } catch (MlflowException e) {
                assertThat(e).hasMessageContaining("does not answer");
            }
        }
        assertThat(server.requests()).as("requests, none of them answered").isEmpty();
    }

    /** The server refuses nothing. */
    private static void taken(ThrowingCallable events) {
        assertThatCode(events).doesNotThrowAnyException();
    }

    private FakeMlflow.Run run() {
        assertThat(server.runs()).hasSize(1);
        return server.runs().get("run1");
    }

    private static List<Long> stepsOf(FakeMlflow.Run run, String key) {
        return run.metrics.get(key).stream().map(Point::step).toList();
    }

    private static List<Long> numbers(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void aRunIsToldFromItsSettingsToItsResult() throws IOException {
        Files.writeString(directory.resolve("job.yaml"), "lr: 0.3\n");
        try (MlflowListener listener = listener()) {
            listener.begins(0);
            taken(() -> steps(listener, 1, 200)); // more than a request may have
            listener.evaluated(200, 0.5, new Evaluation(8, 0.25, 0.75));
            Files.writeString(
                    directory.resolve("result.json"),
                    "{\"steps\": 200, \"testAccuracy\": 0.75, \"arithmetic\": \"x\"}");
            listener.finished(RESULT, null);
        }
        assertThat(server.experiments()).containsExactly("pictures");
        FakeMlflow.Run run = run();
        assertThat(run.name).isEqualTo(directory.getFileName().toString());
        assertThat(run.status).isEqualTo("FINISHED");
        assertThat(run.parameters)
                .containsEntry("lr", "0.3")
                .containsEntry("model", "lenet")
                .containsKey("init");
        assertThat(run.parameters.values()).doesNotContain("");
        assertThat(JOB.settings().keySet()).containsAll(run.parameters.keySet());
        assertThat(run.tags).containsEntry("weightsSha256", "aa01").containsEntry("fingerprint", Fingerprint.of(JOB));
        assertThat(stepsOf(run, "train/loss")).isEqualTo(numbers(1, 200));
        assertThat(run.metrics.get("train/loss").get(2)).isEqualTo(new Point(1.0 / 3, 1_795_966_130_300L, 3));
        assertThat(run.metrics.get("images_per_second").get(0).value()).isEqualTo(200);
        assertThat(stepsOf(run, "test/accuracy")).containsExactly(200L);
        assertThat(run.metrics.get("result/testAccuracy"))
                .extracting(Point::value)
                .containsExactly(0.75);
        assertThat(run.metrics).doesNotContainKey("result/arithmetic");
        assertThat(run.artifacts).containsOnlyKeys("job.yaml", "result.json", "page.html");
        assertThat(new String(run.artifacts.get("page.html"), StandardCharsets.UTF_8))
                .isEqualTo("<p>" + directory.getFileName());
        assertThat(new String(run.artifacts.get("job.yaml"), StandardCharsets.UTF_8))
                .isEqualTo("lr: 0.3\n");
    }

    /** And goes on in another process, which fails. */
    @Test
    void aRunWithoutAResultSaysHowItEnded() {
        try (MlflowListener listener = listener()) {
            listener.begins(0);
            steps(listener, 1, 2);
            listener.ended(RunEnd.STOPPED);
        }
        assertThat(run().status).isEqualTo("KILLED");
        try (MlflowListener listener = listener()) {
            listener.begins(2);
            steps(listener, 3, 3);
            assertThat(run().status).isEqualTo("RUNNING");
            listener.stepped(step(4));
            listener.ended(RunEnd.FAILED);
        }
        assertThat(run().status).isEqualTo("FAILED");
        assertThat(stepsOf(run(), "train/loss")).isEqualTo(numbers(1, 4));
        run().status = "RUNNING";
        try (MlflowListener listener = listener()) {
            listener.ended(RunEnd.FAILED); // without a beginning: this worker was at rest
        }
        assertThat(run().status).isEqualTo("FAILED");
    }

    /** 10 steps a second. */
    @Test
    void stepsAreSentTogetherOnceASecond() {
        try (MlflowListener listener = listener()) {
            listener.begins(0);
            steps(listener, 1, 60);
        }
        long batches = server.requests().stream()
                .filter(request -> request.endsWith("log-batch"))
                .count();
        assertThat(batches).isBetween(6L, 10L);
        assertThat(stepsOf(run(), "train/loss")).isEqualTo(numbers(1, 60));
    }

    /** It hears of steps that the one before has told already, and the job went back meanwhile. */
    @Test
    void theNextWriterGoesOnWithTheSameRun() {
        try (MlflowListener first = listener()) {
            first.begins(0);
            steps(first, 1, 6);
            first.evaluated(6, 0.5, new Evaluation(8, 0.25, 0.75));
        }
        try (MlflowListener second = listener()) {
            second.begins(8);
            for (long number = 3; number <= 8; number++) {
                second.steppedBefore(step(number));
            }
            steps(second, 9, 12);
        }
        try (MlflowListener third = listener()) {
            third.begins(6);
            third.evaluated(6, 0.5, new Evaluation(8, 0.25, 0.75));
            steps(third, 7, 14);
        }
        assertThat(stepsOf(run(), "train/loss")).isEqualTo(numbers(1, 14));
        assertThat(stepsOf(run(), "test/loss")).containsExactly(6L);
    }

    /** Lines of metrics.jsonl, of steps and evaluations. */
    private void haveMetrics(long last) throws IOException {
        StringBuilder metrics = new StringBuilder();
        for (long number = 1; number <= last; number++) {
            metrics.append(JsonText.line(step(number))).append('\n');
            if (number % 2 == 0) {
                metrics.append(JsonText.line(new Evaluation(8, 0.25, 0.75).line(number, 0.5)))
                        .append('\n');
            }
        }
        Files.writeString(directory.resolve("metrics.jsonl"), metrics + "{\"step\":");
    }

    /** The one before was killed; the next process saw none of its steps. */
    @Test
    void whatTheRunsFileHasAndTheServerLacksIsTold() throws IOException {
        try (MlflowListener first = listener()) {
            first.begins(0);
            steps(first, 1, 3);
            first.evaluated(2, 0.5, new Evaluation(8, 0.25, 0.75));
        }
        haveMetrics(7);
        try (MlflowListener second = listener()) {
            second.begins(6);
            second.evaluated(6, 0.5, new Evaluation(8, 0.25, 0.75));
            steps(second, 7, 7);
        }
        assertThat(stepsOf(run(), "train/loss")).isEqualTo(numbers(1, 7));
        assertThat(stepsOf(run(), "test/loss")).containsExactly(2L, 4L, 6L);
        assertThat(run().metrics.get("train/loss").get(4).value()).isEqualTo(1.0 / 5);
    }

    /** Also where it does not answer at first. */
    @Test
    void whatTheServerLacksWaitsForIt() throws IOException {
        haveMetrics(6);
        server.mood(Mood.FAILING);
        MlflowListener listener = listener();
        assertThatThrownBy(() -> listener.begins(6)).isInstanceOf(MlflowException.class);
        assertThat(server.requests()).hasSize(1);
        server.mood(Mood.WELL);
        closeWhenTaken(listener);
        assertThat(stepsOf(run(), "train/loss")).isEqualTo(numbers(1, 6));
        assertThat(stepsOf(run(), "test/loss")).containsExactly(2L, 4L, 6L);
    }

    /** More than may wait for a server. */
    @Test
    void aLongRunThatTheServerLacksIsToldWhole() throws IOException {
        long steps = 17_000;
        haveMetrics(steps);
        try (MlflowListener listener = listener()) {
            listener.begins(steps);
        }
        long values = run().metrics.values().stream().mapToLong(List::size).sum();
        assertThat(values).isGreaterThan(MlflowListener.MOST_KEPT);
        assertThat(stepsOf(run(), "train/loss")).isEqualTo(numbers(1, steps));
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path metrics = Files.createDirectory(directory.resolve("metrics.jsonl"));
        assertThatThrownBy(() -> listener().begins(6))
                .isInstanceOf(RecordException.class)
                .hasMessageStartingWith("cannot read " + metrics + ": ");
    }

    @Test
    void aRunThatTheServerHasLostBeginsAnew() throws IOException {
        Files.writeString(directory.resolve(Tracking.MLFLOW_RUN_FILE), "of-another-server");
        try (MlflowListener listener = listener()) {
            listener.begins(0);
            steps(listener, 1, 2);
        }
        assertThat(stepsOf(run(), "train/loss")).containsExactly(1L, 2L);
        assertThat(directory.resolve(Tracking.MLFLOW_RUN_FILE)).hasContent("run1");
        run().isDeleted = true;
        try (MlflowListener listener = listener()) {
            listener.begins(2);
            taken(() -> steps(listener, 3, 4));
        }
        assertThat(stepsOf(server.runs().get("run2"), "train/loss")).containsExactly(3L, 4L);
    }

    /** Nothing is lost when it answers again, and it is asked only now and then. */
    @ParameterizedTest
    @EnumSource(names = {"FAILING", "HANGING", "HANGING_IN_THE_BODY"})
    void aServerThatDoesNotAnswerHoldsUpLittle(Mood mood) {
        server.mood(mood);
        MlflowListener listener = listener(server.uri(), MlflowServer.PATIENCE);
        listener.begins(0);
        long start = System.nanoTime();
        for (long number = 1; number <= 100; number++) {
            StepRecord step = step(number);
            assertThatThrownBy(() -> listener.stepped(step)).isInstanceOf(MlflowException.class);
            assertThat(server.requests()).hasSize(1);
        }
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(WritingThread.CLOSE_SECONDS);
        server.mood(Mood.WELL);
        listener.steppedBefore(step(101)); // with more metrics than a request may have
        closeWhenTaken(listener);
        assertThat(stepsOf(run(), "train/loss")).isEqualTo(numbers(1, 101));
    }

    /** The end of a run waits for all listeners together no longer than that. */
    @Test
    void theEndWaitsNoLongerThanListenersMay() {
        MlflowListener listener = listener(server.uri(), MlflowServer.PATIENCE);
        server.mood(Mood.HANGING);
        listener.begins(0);
        listener.steppedBefore(step(1));
        long start = System.nanoTime();
        assertThatThrownBy(() -> listener.finished(RESULT, null))
                .isInstanceOf(MlflowException.class)
                .hasMessageContaining("does not answer /api/2.0/mlflow/experiments/get-by-name within 3 s");
        assertThatThrownBy(listener::close).isInstanceOf(MlflowException.class);
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(WritingThread.CLOSE_SECONDS);
    }

    @Test
    void aServerThatIsNotThereIsNamed() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        MlflowListener listener = listener(URI.create("http://127.0.0.1:" + port), PATIENCE);
        listener.begins(0);
        assertThatThrownBy(() -> listener.stepped(step(1)))
                .isInstanceOf(MlflowException.class)
                .hasMessageContaining("MLflow at http://127.0.0.1:" + port + " cannot be reached");
    }

    @Test
    void whatJsonCannotExpressIsLeftOut() {
        try (MlflowListener listener = listener()) {
            listener.begins(0);
            listener.stepped(new StepRecord(1, 0.1, Double.NaN, 0.5, 0.1, 8, true, false, null, SPLIT));
        }
        assertThat(run().metrics).doesNotContainKey("train/loss").containsKey("train/accuracy");
    }
}
