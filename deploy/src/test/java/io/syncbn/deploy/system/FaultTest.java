package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.IgnoredSignals;
import io.syncbn.deploy.system.Syncbn.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends a job before its time: it leaves a whole checkpoint and no process, and says who was at fault. */
class FaultTest {
    /** For what takes seconds on a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(60);

    /** The end in time of a job that would go on for hours. */
    private static final Duration END = Duration.ofSeconds(120);

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
    void aKilledWorkerThatIsNotStartedAgainEndsTheJob() throws Exception {
        Ended ended = endAfterKilling("worker-1", "--restarts=0");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.err()).contains("the job failed: worker-1 was killed by signal 9 (KILL)");
        assertIsWhole(ended);
    }

    @Test
    void aKilledCoordinatorThatIsNotStartedAgainEndsTheJob() throws Exception {
        Ended ended = endAfterKilling("coordinator", "--restarts=0");
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
    void ctrlCStopsAtTheNextCommitWithACheckpoint() throws Exception {
        try (Syncbn training = train("--checkpoint-every=100000")) {
            interrupt(training);
            Ended ended = training.await(END);
            assertThat(ended.exitCode()).isEqualTo(130);
            assertThat(ended.err())
                    .contains("stopping at the next commit; once more to stop at once")
                    .contains("syncbn: interrupted\n", "go on from there: syncbn train --resume " + run);
            assertIsWhole(ended);
        }
        List<String> steps = Files.readAllLines(run.resolve("metrics.jsonl"));
        String last = steps.get(steps.size() - 1);
        assertThat(last)
                .startsWith("{\"step\":" + stepOf(Syncbn.newestCheckpoint(run).orElseThrow()) + ",");
    }

    /** The first one cannot be followed while a worker stands still, until that is given up. */
    @Test
    void aSecondCtrlCEndsAllAtOnce() throws Exception {
        try (Syncbn training = train()) {
            Syncbn.signal(training.child("worker-1"), "STOP");
            interrupt(training);
            Syncbn.await("the answer to the first", SOON, () -> training.err().contains("stopping at the next commit"));
            interrupt(training);
            Ended ended = training.await(SOON);
            assertThat(ended.exitCode()).isEqualTo(130);
            assertIsWhole(ended);
        }
    }

    private static void interrupt(Syncbn training) throws Exception {
        Syncbn.signal(training.handle(), IgnoredSignals.contains(IgnoredSignals.INTERRUPT) ? "TERM" : "INT");
    }

    private Ended endAfterKilling(String child, String setting) throws Exception {
        try (Syncbn training = train(setting)) {
            Syncbn.signal(training.child(child), "KILL");
            return training.await(END);
        }
    }

    /** Starts a job that would go on for hours, and waits until it is well under way. */
    private Syncbn train(String... more) throws InterruptedException {
        List<Object> arguments = new ArrayList<>(List.of(
                "train",
                "--data=npy:" + data,
                "--out=" + run,
                "--model=" + SmallResNet.class.getName(),
                "--workers=2",
                "--shards=4",
                "--steps=100000000",
                "--evaluate-every=1000000"));
        arguments.addAll(List.of(more));
        if (Stream.of(more).noneMatch(setting -> setting.startsWith("--checkpoint-every"))) {
            arguments.add("--checkpoint-every=20");
        }
        Syncbn training = Syncbn.start(arguments.toArray());
        Path firstCheckpoint = run.resolve("checkpoints/step-00000000");
        Syncbn.await(
                "forty steps and a checkpoint; " + training.err(),
                Syncbn.PATIENCE,
                () -> Syncbn.hasStep(run, 40) && Files.exists(firstCheckpoint));
        return training;
    }

    private void assertIsWhole(Ended ended) throws IOException {
        assertThat(ended.err()).doesNotContain("\tat ").contains("last checkpoint: " + run);
        assertThat(Syncbn.processesOf(run)).isEmpty();
        assertCheckpointIsWhole();
    }

    private void assertCheckpointIsWhole() throws IOException {
        assertThat(run.resolve("result.json")).doesNotExist();
        Ended evaluation = Syncbn.succeed(
                "evaluate", "--checkpoint", Syncbn.newestCheckpoint(run).orElseThrow());
        assertThat(evaluation.out()).contains("on 8 examples");
    }

    private static long stepOf(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring("step-".length()));
    }
}
