package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.nn.Description;
import io.syncbn.worker.tensorboard.TensorBoardReader;
import io.syncbn.worker.tensorboard.TensorBoardReader.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardListenerTest {
    private static final Origin ORIGIN = new Origin(
            JobParser.parse(Map.of(), 1),
            "da7a",
            new Description("1x1x1", List.of()),
            "a417",
            Map.of(),
            DataDescription.NONE);
    private static final StepSplit SPLIT = new StepSplit(40, 1, 2, 1, 1, 1, 34);

    @TempDir
    private Path directory;

    private long millis = 1_795_966_130_000L;

    private TensorBoardListener listener() {
        Tracking tracking = new Tracking(Optional.of(directory.resolve("board")), 0, Optional.empty(), "syncbn");
        RunTarget target = new RunTarget(directory, 3, "worker-0", true, tracking, (run, job) -> "");
        return new TensorBoardListener(target, ORIGIN, () -> millis);
    }

    private static StepRecord step(long number) {
        return new StepRecord(number, 0.1 * number, 1.0 / number, 0.5, 0.1, 8, false, false, null, SPLIT);
    }

    private List<Long> steps(String tag) throws IOException {
        return TensorBoardReader.values(directory.resolve("board"), tag).stream()
                .map(Value::step)
                .toList();
    }

    /** A file has the directory's place. */
    private Path block() throws IOException {
        return Files.writeString(directory.resolve("board"), "in the way");
    }

    private static void cannot(ThrowingCallable event) {
        assertThatThrownBy(event)
                .isInstanceOf(RecordException.class)
                .hasMessageStartingWith("cannot write ")
                .hasMessageContaining("board");
    }

    @Test
    void whatCouldNotBeWrittenForAWhileIsWrittenLaterAndTheDiskIsTriedNowAndThen() throws IOException {
        Path inTheWay = block();
        try (TensorBoardListener listener = listener()) {
            listener.begins(0);
            cannot(() -> listener.stepped(step(1)));
            Files.delete(inTheWay);
            millis += TensorBoardListener.BETWEEN_TRIES_MILLIS - 1;
            cannot(() -> listener.stepped(step(2)));
            cannot(() -> listener.evaluated(2, 0.5, new Evaluation(8, 0.25, 0.75)));
            cannot(() -> listener.normalization(2, new NormTensors(Map.of("bn/gamma", new float[] {1}))));
            assertThat(inTheWay).doesNotExist();
            millis++;
            listener.stepped(step(3));
            listener.stepped(step(4));
        }
        assertThat(steps("train/loss")).containsExactly(1L, 2L, 3L, 4L);
        assertThat(steps("test/accuracy")).containsExactly(2L);
        assertThat(TensorBoardReader.values(directory.resolve("board"), "train/loss")
                        .get(1)
                        .seconds())
                .as("when the listener heard of it")
                .isEqualTo(1_795_966_134.999);
    }

    @Test
    void linesAreWrittenTogetherOnceASecond() throws IOException {
        try (TensorBoardListener listener = listener()) {
            listener.begins(0);
            listener.stepped(step(1));
            listener.stepped(step(2));
            millis += TensorBoardListener.BETWEEN_WRITES_MILLIS - 1;
            listener.stepped(step(3));
            assertThat(steps("train/loss")).containsExactly(1L);
            millis++;
            listener.stepped(step(4));
            assertThat(steps("train/loss")).containsExactly(1L, 2L, 3L, 4L);
        }
    }

    @Test
    void theEndTriesOnceMore() throws IOException {
        Path inTheWay = block();
        TensorBoardListener listener = listener();
        listener.begins(0);
        cannot(() -> listener.stepped(step(1)));
        cannot(listener::close);
        Files.delete(inTheWay);
        assertThatCode(listener::close).doesNotThrowAnyException();
        assertThat(steps("train/loss")).containsExactly(1L);
    }

    @Test
    void ofMoreThanMayWaitTheOldestAreDropped() throws IOException {
        Path inTheWay = block();
        try (TensorBoardListener listener = listener()) {
            listener.begins(0);
            for (long number = 1; number <= TensorBoardListener.MOST_KEPT + 3; number++) {
                StepRecord step = step(number);
                cannot(() -> listener.stepped(step));
            }
            Files.delete(inTheWay);
        }
        assertThat(steps("train/loss"))
                .hasSize(TensorBoardListener.MOST_KEPT)
                .startsWith(4L)
                .endsWith(TensorBoardListener.MOST_KEPT + 3L);
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path metrics = Files.createDirectory(directory.resolve("metrics.jsonl"));
        try (TensorBoardListener listener = listener()) {
            assertThatThrownBy(() -> listener.begins(6))
                    .isInstanceOf(RecordException.class)
                    .hasMessageStartingWith("cannot read " + metrics + ": ");
            listener.stepped(step(7));
        }
        assertThat(steps("train/loss")).containsExactly(7L);
    }

    /** Of a worker that was at rest. */
    @Test
    void anEndAloneLeavesNothing() {
        try (TensorBoardListener listener = listener()) {
            listener.ended(RunEnd.FAILED);
        }
        assertThat(directory.resolve("board")).doesNotExist();
    }

    /** The one before was killed; the next process saw none of its steps. */
    @Test
    void whatTheRunsFileHasAndTheEventFilesLackIsAdded() throws IOException {
        try (TensorBoardListener first = listener()) {
            first.begins(0);
            first.stepped(step(1));
            first.stepped(step(2));
        }
        StringBuilder metrics = new StringBuilder();
        for (long number = 1; number <= 5; number++) {
            metrics.append(JsonText.line(step(number))).append('\n');
            metrics.append(JsonText.line(new Evaluation(8, 0.25, 0.75).line(number, 0.5)))
                    .append('\n');
        }
        Files.writeString(directory.resolve("metrics.jsonl"), metrics + "{\"step\":");
        try (TensorBoardListener second = listener()) {
            second.begins(4);
            second.evaluated(4, 0.5, new Evaluation(8, 0.25, 0.75));
            second.stepped(step(5));
        }
        assertThat(steps("train/loss")).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(steps("test/accuracy")).containsExactly(1L, 2L, 3L, 4L);
        assertThat(TensorBoardReader.values(directory.resolve("board"), "train/loss")
                        .get(3)
                        .value()
                        .getSimpleValue())
                .isEqualTo(0.25f);
    }
}
