package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.syncbn.worker.checkpoint.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
    private static final String JOB = "aa01";
    private static final String HERE = "10.0.0.7:7800";

    @TempDir
    private Path run;

    private WriterTurn turn(String worker, String job, boolean isHeld) {
        return new WriterTurn(new RunTarget(run, 3, worker, isHeld), job, HERE, 2);
    }

    @Test
    void whoHoldsItIsNamed() throws Exception {
        try (RunLock held = RunLock.take(run, RunLock.holder("syncbn train"))) {
            RunLock.HeldException refused =
                    catchThrowableOfType(RunLock.HeldException.class, () -> RunLock.take(run, "another"));
            assertThat(refused.asRefusal(run))
                    .hasMessageStartingWith("run directory " + run + " is being written by syncbn train (process "
                            + ProcessHandle.current().pid() + " on ");
        }
    }

    @Test
    void itCanBeHadAgain() throws Exception {
        RunLock.take(run, "one").close();
        RunLock.take(run, "two").close();
        assertThat(run.resolve(RunLock.FILE)).hasContent("two");
    }

    @Test
    void aJobThatBeginsWhereAnotherWritesIsRefused() throws Exception {
        try (RunLock held =
                        RunLock.take(run, "worker-0 (process 1 on node-1) of the job " + JOB + " at 10.0.0.8:7800");
                WriterTurn turn = turn("worker-0", JOB, false)) {
            assertThatThrownBy(() -> turn.begin(false))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("is being written by worker-0 (process 1 on node-1)");
        }
    }

    /** As when a killed job's worker lives on, and another job's coordinator has the address. */
    @Test
    void anotherJobAtTheSameAddressIsAnother() {
        try (WriterTurn other = turn("worker-3", "bb02", false);
                WriterTurn turn = turn("worker-0", JOB, false)) {
            other.begin(false);
            assertThatThrownBy(() -> turn.begin(false))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("is being written by worker-3 (");
        }
    }

    /** Of the device, which all processes of the machine share, another test may hold the lock for a moment. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full is a disk without room")
    void onAFullDiskItIsHeldWithoutSayingByWhom() throws Exception {
        Files.createSymbolicLink(run.resolve(RunLock.FILE), Path.of("/dev/full"));
        RunLock held = null;
        try (LogCapture logged = new LogCapture()) {
            for (long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2); held == null; ) {
                try {
                    held = RunLock.take(run, "syncbn train");
                } catch (RunLock.HeldException e) {
                    assertThat(System.nanoTime()).isLessThan(end);
                    Thread.sleep(10);
                }
            }
            held.close();
            assertThat(logged.lines())
                    .containsExactly("WARNING cannot write " + run.resolve(RunLock.FILE)
                            + ": No space left on device; it does not tell who holds it");
        }
    }

    @Test
    void aJobUnderWayGoesOnWithoutAWorkerThatStillHoldsIt() throws Exception {
        try (RunLock held = RunLock.take(run, "worker-0 (process 1 on node-1) of the job " + JOB + " at " + HERE);
                LogCapture logged = new LogCapture();
                WriterTurn turn = turn("worker-1", JOB, false)) {
            turn.begin(false);
            assertThat(logged.lines()).singleElement().asString().contains("is still held by worker-0");
        }
    }

    @Test
    void theTurnGoesFromWorkerToWorker() throws Exception {
        try (WriterTurn first = turn("worker-0", JOB, false);
                WriterTurn second = turn("worker-1", JOB, false);
                LogCapture logged = new LogCapture()) {
            first.begin(false);
            assertThat(run.resolve(RunLock.FILE))
                    .content()
                    .startsWith("worker-0 (")
                    .endsWith(" of the job " + JOB + " at " + HERE);
            first.close();
            second.begin(false);
            assertThat(run.resolve(RunLock.FILE)).content().startsWith("worker-1 (");
            assertThat(logged.lines()).isEmpty();
        }
    }

    @Test
    void aLaunchersWorkersNeedNone() throws Exception {
        try (RunLock launchers = RunLock.take(run, "syncbn train");
                WriterTurn turn = turn("worker-0", JOB, true)) {
            turn.begin(false);
        }
    }
}
