package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.system.Syncbn.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that die or stand still in the middle of a job: it ends soon, says who was at fault, and can go on. */
class FaultTest {
    /** Silence is noticed after 5 s; the rest is for telling everyone, on a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    private Path directory;

    private Path data;
    private Path run;

    @BeforeEach
    void prepare() throws IOException {
        data = NpyPictures.write(directory.resolve("npy"), 27, 8);
        run = directory.resolve("run");
    }

    @Test
    void aKilledWorkerEndsTheJob() throws Exception {
        Ended ended = endAfter("worker-1", "KILL");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("the job failed: worker-1 was killed by signal 9 (KILL)");
        assertIsWhole(ended);
    }

    @Test
    void aStoppedWorkerEndsTheJob() throws Exception {
        Ended ended = endAfter("worker-1", "STOP");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err())
                .contains("the job failed: worker-1 (shards 2 to 3, host ")
                .containsPattern("was lost: nothing came from it for \\d+ ms, at step \\d+");
        assertIsWhole(ended);
    }

    @Test
    void aKilledCoordinatorEndsTheJob() throws Exception {
        Ended ended = endAfter("coordinator", "KILL");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("the job failed: coordinator was killed by signal 9 (KILL)");
        assertIsWhole(ended);
    }

    @Test
    void aKilledLauncherLeavesNoProcess() throws Exception {
        try (Syncbn training = train()) {
            assertThat(Syncbn.processesOf(run)).hasSize(4);
            Syncbn.signal(training.handle(), "KILL");
            assertThat(training.await(SOON).exitCode()).isEqualTo(128 + 9);
            Syncbn.await("the end of all processes", SOON, () -> Syncbn.processesOf(run)
                    .isEmpty());
        }
        assertCheckpointIsWhole();
    }

    @Test
    void ctrlCEndsTheJobAndSaysHowToGoOn() throws Exception {
        try (Syncbn training = train()) {
            Syncbn.signal(training.handle(), Syncbn.isInterruptIgnored() ? "TERM" : "INT");
            Ended ended = training.await(SOON);
            assertThat(ended.exitCode()).isEqualTo(130);
            assertThat(ended.err()).contains("syncbn: interrupted\n", "go on from there: syncbn train --resume " + run);
            assertIsWhole(ended);
        }
    }

    /** Sends a signal to one of a job's processes and waits for the end of the job. */
    private Ended endAfter(String child, String signal) throws Exception {
        try (Syncbn training = train()) {
            Syncbn.signal(training.child(child), signal);
            return training.await(SOON);
        }
    }

    /** Starts a job that would go on for hours, and waits until it has left a few checkpoints. */
    private Syncbn train() throws InterruptedException {
        Syncbn training = Syncbn.start(
                "train",
                "--data=npy:" + data,
                "--out=" + run,
                "--model=" + SmallResNet.class.getName(),
                "--workers=2",
                "--shards=4",
                "--steps=100000000",
                "--checkpoint-every=20",
                "--evaluate-every=1000000");
        Path checkpoint = run.resolve("checkpoints/step-00000040");
        Syncbn.await("a checkpoint; " + training.err(), Syncbn.PATIENCE, () -> Files.exists(checkpoint));
        return training;
    }

    private void assertIsWhole(Ended ended) throws IOException {
        assertThat(ended.err()).doesNotContain("\tat ").contains("last checkpoint: " + run);
        assertThat(Syncbn.processesOf(run)).isEmpty();
        assertCheckpointIsWhole();
    }

    private void assertCheckpointIsWhole() throws IOException {
        assertThat(run.resolve("result.json")).doesNotExist();
        Ended evaluation = Syncbn.succeed("evaluate", "--checkpoint", lastCheckpoint());
        assertThat(evaluation.out()).contains("on 8 examples");
    }

    private Path lastCheckpoint() throws IOException {
        try (Stream<Path> checkpoints = Files.list(run.resolve("checkpoints"))) {
            List<Path> steps = checkpoints
                    .filter(each -> each.getFileName().toString().startsWith("step-"))
                    .sorted(Comparator.reverseOrder())
                    .toList();
            return steps.get(0);
        }
    }
}
