package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Plan;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.collective.Collective;
import io.syncbn.worker.collective.LocalCollective;
import io.syncbn.worker.data.DataDescription;
import io.syncbn.worker.data.DecodedDataset;
import io.syncbn.worker.kernels.Arithmetic;
import io.syncbn.worker.record.Intervals;
import io.syncbn.worker.record.Recording;
import io.syncbn.worker.record.RunFacts;
import io.syncbn.worker.record.RunFiles;
import io.syncbn.worker.record.RunTarget;
import io.syncbn.worker.record.StartTimes;
import io.syncbn.worker.record.WorkerMetrics;
import io.syncbn.worker.record.WriterTurn;
import io.syncbn.worker.session.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that has just been started finds when everybody who had the model is gone. */
class RestoreTest {
    private static final Map<String, String> SETTINGS = Map.of("model", "mlp", "steps", "12", "batch", "5");
    private static final Job JOB = LocalTraining.job(SETTINGS);

    private static final Arithmetic OTHER = new Arithmetic("other bits", "library 2.0", "half", "no vectors");

    @TempDir
    Path out;

    private void train() {
        LocalTraining.run(JOB, out, Optional.empty(), 4);
    }

    private static Position restored(Job job, Path out) {
        return restored(job, out, LocalTraining.ARITHMETIC);
    }

    private static Position restored(Job job, Path out, Arithmetic arithmetic) {
        try (DecodedDataset data = DecodedDataset.open(job);
                WorkerMetrics metrics = WorkerMetrics.serve("worker-0", Optional.empty());
                Training training = training(job, out, data, metrics, arithmetic)) {
            assertThat(training.position().step()).isZero();
            training.restore();
            return training.position();
        }
    }

    private static Training training(
            Job job, Path out, DecodedDataset data, WorkerMetrics metrics, Arithmetic arithmetic) {
        return training(job, out, data, metrics, Replicas.open(job, data, arithmetic, Optional.empty()), arithmetic);
    }

    private static Training training(
            Job job, Path out, DecodedDataset data, WorkerMetrics metrics, Replicas replicas, Arithmetic arithmetic) {
        Setup setup = new Setup(job, data, arithmetic, replicas, RunFacts.computedWith(arithmetic, "test"), 1);
        StartTimes start = new StartTimes(0, System::nanoTime);
        RunTarget target = new RunTarget(out, 3, "worker-0", true);
        RunFiles files = new RunFiles(target, setup.origin(), metrics, start);
        Recording recording = new Recording(
                new WriterTurn(target, "aa01", "nowhere:1"),
                files::open,
                LocalTraining.neverByTime(),
                metrics,
                start,
                LocalTraining.reports(
                        replicas.definition().normalizationLayers().size()));
        return new Training(
                setup, out, Optional.empty(), new Intervals(0, Duration.ZERO, 0), recording, System::nanoTime);
    }

    private void assertRestoredFrom(String checkpoint) {
        Position position = restored(JOB, out);
        assertThat(position.digest())
                .isEqualTo(Checkpoint.open(out.resolve("checkpoints").resolve(checkpoint))
                        .info()
                        .weightsSha256());
    }

    /** It need not have had shard 0, nor a place. */
    @Test
    void ofAStopWhoeverIsChosenKeepsOne() {
        Path kept = out.resolve("checkpoints/step-00000000");
        try (DecodedDataset data = DecodedDataset.open(JOB);
                WorkerMetrics metrics = WorkerMetrics.serve("worker-0", Optional.empty());
                Training training = training(JOB, out, data, metrics, LocalTraining.ARITHMETIC)) {
            training.keepCheckpoint(false);
            assertThat(kept).doesNotExist();
            training.keepCheckpoint(true);
            assertThat(kept).exists();
            assertThat(Checkpoint.open(kept).info().weightsSha256())
                    .isEqualTo(training.position().digest());
        }
    }

    /** Of a worker that came late, and has not computed a step when the job is stopped. */
    @Test
    void whoeverHasTakenOverTheStateKeepsWhatInputsAreNormalizedBy() {
        try (DecodedDataset data = DecodedDataset.open(JOB);
                WorkerMetrics metrics = WorkerMetrics.serve("worker-0", Optional.empty());
                Training training = training(JOB, out, data, metrics, LocalTraining.ARITHMETIC)) {
            Align align = Align.newBuilder()
                    .setStateDigest(training.position().digest())
                    .addAllDataStatistics(List.of(10.0, 20.0, 30.0, 40.0, 50.0, 100.0, 200.0))
                    .build();
            training.takeState(align, training.state());
            training.keepCheckpoint(true);
        }
        DataDescription kept = Checkpoint.open(out).info().data();
        assertThat(kept.suffices()).isTrue();
        assertThat(kept.mean()).containsExactly(2.0, 3.0, 4.0);
        assertThat(kept.deviation()).containsExactly(1.0, 1.0, 2.0);
        assertThat(kept.classNames()).startsWith("disc", "ring").hasSize(10);
    }

    /** Its checkpoint is that of before, with all that readers need. */
    @Test
    void aJobThatIsStoppedBeforeItGoesOnKeepsWhatInputsAreNormalizedBy() throws IOException {
        Path kept = out.resolve("checkpoints/step-00000008/state.json");
        try (DecodedDataset data = DecodedDataset.open(JOB);
                WorkerMetrics metrics = WorkerMetrics.serve("worker-0", Optional.empty())) {
            try (Training training = training(JOB, out, data, metrics, LocalTraining.ARITHMETIC)) {
                training.prepare(ofOneWorker(), new DelegatingCollective(local()) {
                    @Override
                    public boolean endsWith(long step) {
                        return step == 8;
                    }
                });
                training.train();
                training.keepCheckpoint(true);
            }
            DataDescription before = Checkpoint.open(out).info().data();
            assertThat(before.suffices()).isTrue();

            Replicas resumed =
                    Replicas.open(JOB, data, LocalTraining.ARITHMETIC, Optional.of(new Resume(out, false, false)));
            try (Training training = training(JOB, out, data, metrics, resumed, LocalTraining.ARITHMETIC)) {
                Files.delete(kept); // so that it must be written
                training.keepCheckpoint(true);
            }
            assertThat(Checkpoint.open(out).info().step()).isEqualTo(8);
            assertThat(Checkpoint.open(out).info().data()).isEqualTo(before);

            try (Training training = training(JOB, out, data, metrics, LocalTraining.ARITHMETIC)) {
                training.restore();
                Files.delete(kept);
                training.keepCheckpoint(true);
            }
            assertThat(Checkpoint.open(out).info().step()).isEqualTo(8);
            assertThat(Checkpoint.open(out).info().data()).isEqualTo(before);
        }
    }

    private static Plan ofOneWorker() {
        return Plan.newBuilder()
                .setGeneration(1)
                .setWorkers(1)
                .setShardCount(JOB.batches().shards())
                .build();
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

    /** It would go on from its start, and end with other weights. */
    @Test
    void aWorkerOfOtherArithmeticThanTheCheckpointsIsFailed() {
        train();
        assertThatThrownBy(() -> restored(JOB, out, OTHER))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("comes from other arithmetic");
    }

    /** What cannot be read now may be there all the same. */
    @Test
    void aDiskThatCannotBeReadIsTheWorkersFault() throws IOException {
        train();
        Path metrics = out.resolve("metrics.jsonl");
        Files.delete(metrics);
        Files.createDirectory(metrics);
        assertThatThrownBy(() -> restored(JOB, out))
                .isInstanceOf(TrainingException.class)
                .satisfies(
                        thrown -> assertThat(Faults.of(thrown).isOfThisWorker()).isTrue());
    }

    /** A writer that is killed takes lines with it that were on their way. */
    @Test
    void whoeverWritesNextTellsOfAllStepsThatItHasSeen() throws IOException {
        Plan plan = ofOneWorker();
        try (DecodedDataset data = DecodedDataset.open(JOB);
                WorkerMetrics metrics = WorkerMetrics.serve("worker-0", Optional.empty());
                Training training = training(JOB, out, data, metrics, LocalTraining.ARITHMETIC)) {
            training.prepare(plan, new DelegatingCollective(local()) {
                @Override
                public boolean endsWith(long step) {
                    return step == 8;
                }
            });
            assertThat(training.train()).isFalse();
            training.rest();
            Path file = out.resolve("metrics.jsonl");
            List<String> lines = Files.readAllLines(file);
            assertThat(lines).hasSize(8);
            Files.write(file, lines.subList(0, 5));
            training.prepare(plan, local());
            assertThat(training.train()).isTrue();
            training.rest();
            assertThat(Files.readAllLines(file).subList(0, 8)).isEqualTo(lines);
        }
    }

    private static Collective local() {
        return new LocalCollective(JOB.batches().shards(), JOB.groupSize());
    }

    @Test
    void nothingWhereThereIsNothing() {
        assertThat(restored(JOB, out.resolve("nowhere")).step()).isZero();
    }
}
