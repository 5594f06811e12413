package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.net.Address;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.session.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that has just been started finds when everybody who had the model is gone. */
class RestoreTest {
    private static final Map<String, String> SETTINGS = Map.of("model", "mlp", "steps", "12", "batch", "5");
    private static final Job JOB = LocalTraining.job(SETTINGS);

    @TempDir
    Path out;

    private void train() {
        LocalTraining.run(JOB, out, Optional.empty(), 4);
    }

    private static Position restored(Job job, Path out) {
        WorkerConfig config = new WorkerConfig(
                job,
                () -> new Address("nowhere", 1),
                Duration.ZERO,
                "worker-0",
                out,
                Optional.empty(),
                0,
                Duration.ZERO,
                3,
                0,
                0,
                Optional.empty(),
                Duration.ZERO,
                "test",
                Duration.ZERO,
                what -> {},
                true,
                new CompletableFuture<>());
        try (DecodedDataset data = WorkerProcess.openData(job);
                WorkerMetrics metrics = WorkerMetrics.serve("worker-0", Optional.empty());
                Training training = training(config, data, metrics)) {
            assertThat(training.position().step()).isZero();
            training.restore();
            return training.position();
        }
    }

    private static Training training(WorkerConfig config, DecodedDataset data, WorkerMetrics metrics) {
        Replicas replicas = Replicas.open(config.job(), data, LocalTraining.ARITHMETIC, Optional.empty());
        Origin origin = new Origin(
                config.job(),
                data.digest(),
                replicas.definition().description(),
                LocalTraining.ARITHMETIC.digest(),
                RunFacts.computedWith(LocalTraining.ARITHMETIC, "test"));
        return new Training(
                config,
                data,
                replicas,
                LocalTraining.ARITHMETIC,
                origin,
                metrics,
                new StartTimes(0, System::nanoTime),
                System::nanoTime);
    }

    private void assertRestoredFrom(String checkpoint) {
        Position position = restored(JOB, out);
        assertThat(position.digest())
                .isEqualTo(Checkpoint.open(out.resolve("checkpoints").resolve(checkpoint))
                        .info()
                        .weightsSha256());
    }

    @Test
    void theNewestCheckpoint() {
        train();
        assertRestoredFrom("step-00000012");
    }

    @Test
    void notOneThatIsNotWhole() throws IOException {
        train();
        Files.delete(out.resolve("checkpoints/step-00000012/state.json"));
        assertRestoredFrom("step-00000008");
    }

    /** Its lines would be missing. */
    @Test
    void notOneOfAStepThatTheRunDoesNotTellOf() throws IOException {
        train();
        Path metrics = out.resolve("metrics.jsonl");
        List<String> lines = Files.readAllLines(metrics);
        Files.write(metrics, lines.subList(0, 11));
        assertRestoredFrom("step-00000008");
    }

    @Test
    void notOneOfAnotherJob() {
        train();
        Job other = LocalTraining.job(Map.of("model", "mlp", "steps", "12", "batch", "4"));
        assertThat(restored(other, out).step()).isZero();
    }

    @Test
    void nothingWhereThereIsNothing() {
        assertThat(restored(JOB, out.resolve("nowhere")).step()).isZero();
    }
}
