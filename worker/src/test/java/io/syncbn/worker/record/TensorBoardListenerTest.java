package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;

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

    private TensorBoardListener listener() {
        Tracking tracking = new Tracking(Optional.of(directory.resolve("board")), 0, Optional.empty(), "syncbn");
        RunTarget target = new RunTarget(directory, 3, "worker-0", true, tracking, (run, job) -> "");
        return new TensorBoardListener(target, ORIGIN, () -> 1_795_966_130_000L);
    }

    private static StepRecord step(long number) {
        return new StepRecord(number, 0.1 * number, 1.0 / number, 0.5, 0.1, 8, false, false, null, SPLIT);
    }

    private List<Long> steps(String tag) throws IOException {
        return TensorBoardReader.values(directory.resolve("board"), tag).stream()
                .map(Value::step)
                .toList();
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
