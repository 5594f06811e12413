package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.v1.ReplicaDigest;
import io.syncbn.worker.record.CheckpointTimer;
import io.syncbn.worker.record.Reports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTimerTest {
    @TempDir
    private Path directory;

    private long nowNanos = 7;

    private CheckpointTimer every(int seconds) {
        return new CheckpointTimer(Duration.ofSeconds(seconds), () -> nowNanos);
    }

    private void after(int seconds) {
        nowNanos += Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void oneIsDueSoLongAfterTheOneBefore() {
        CheckpointTimer timer = every(300);
        after(299);
        assertThat(timer.isDue()).isFalse();
        after(1);
        assertThat(timer.isDue()).isTrue();
        timer.restart();
        assertThat(timer.isDue()).isFalse();
        after(300);
        assertThat(timer.isDue()).isTrue();
    }

    @Test
    void zeroIsNever() {
        CheckpointTimer timer = every(0);
        after(Integer.MAX_VALUE);
        assertThat(timer.isDue()).isFalse();
    }

    /** Steps of 100 s each: by time at 3 and 6, by its number at 7, so by time at 10, and at the end. */
    @Test
    void aRunKeepsOneByTimeAsByStepsAndComesToTheSameBits() throws IOException {
        Job job = LocalTraining.job(Map.of("model", "mlp", "steps", "12", "batch", "2", "data-size", "24"));
        Path timed = directory.resolve("timed");
        String digest = LocalTraining.run(job, timed, Optional.empty(), 7, every(300), step -> after(100));
        // The newest three stay, and the one before training.
        assertThat(steps(timed)).containsExactly("step-00000000", "step-00000007", "step-00000010", "step-00000012");
        assertThat(LocalTraining.run(job, directory.resolve("untimed"), Optional.empty(), 7))
                .isEqualTo(digest);
    }

    /** Workers that do not write know nothing of checkpoints by time, and have no digest of them. */
    @Test
    void onlyCheckpointsThatAllWorkersKnowOfAreCompared() {
        Job job = LocalTraining.job(Map.of("model", "mlp", "steps", "8", "batch", "2", "data-size", "24"));
        List<Reports> reports = new ArrayList<>();
        LocalTraining.run(job, directory, Optional.empty(), 4, every(300), step -> after(100), 0, layers -> {
            reports.add(LocalTraining.reports(layers));
            return reports.get(0);
        });
        // By time at 3 and 7; and of step 8 each worker tells in another way.
        assertThat(reports.get(0).take().getDigestsList())
                .extracting(ReplicaDigest::getStep)
                .containsExactly(0L, 4L);
    }

    private static Stream<String> steps(Path run) throws IOException {
        try (Stream<Path> found = Files.list(run.resolve("checkpoints"))) {
            return found.map(path -> path.getFileName().toString()).sorted().toList().stream();
        }
    }
}
