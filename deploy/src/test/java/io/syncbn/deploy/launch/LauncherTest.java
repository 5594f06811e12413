package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.proto.net.Address;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a launcher ends a job, and what it says of the cause. */
class LauncherTest extends WithLauncher {
    @Test
    void aJobIsDoneWhenAllProcessesAre() throws Exception {
        scripts.put("coordinator", LISTEN);
        scripts.put("worker-0", READ_ADDRESS + "echo coordinator at $ADDRESS");
        scripts.put("worker-1", "exit 0");

        assertThat(launch()).isEqualTo(new Ending.Done());
        assertThat(directory.log("worker-0")).content().contains("coordinator at 127.0.0.1:4711");
    }

    @Test
    void aKilledWorkerIsTheCauseAndNotThoseWhoWereTold() throws Exception {
        scripts.put("coordinator", LISTEN + waitFor("worker-2") + "echo 'syncbn: worker-2 was lost'; exit 1");
        scripts.put("worker-0", waitFor("worker-2") + "echo 'syncbn: worker-2 was lost'; exit 1");
        scripts.put("worker-1", STAY);
        scripts.put("worker-2", "echo step 7; kill -9 $$");
        settleMillis = 5_000;
        leaveMillis = settleMillis;

        assertThat(failure())
                .startsWith("the job failed: worker-2 was killed by signal 9 (KILL)")
                .contains("| step 7", "its log: " + directory.log("worker-2"))
                .doesNotContain("was lost");
    }

    @Test
    void theReasonOfAFailedWorkerIsTold() throws Exception {
        scripts.put("coordinator", LISTEN + STAY);
        scripts.put("worker-0", STAY);
        scripts.put("worker-1", "echo noise; echo 'syncbn: train.npy is truncated'; exit 2");

        assertThat(failure())
                .isEqualTo("the job failed: worker-1 ended with exit code 2: train.npy is truncated\n  its log: "
                        + directory.log("worker-1"));
    }

    @Test
    void whenAllWereToldTheCoordinatorKnowsWhy() throws Exception {
        String told = "echo 'syncbn: the job was ended'; exit 1";
        scripts.put("worker-0", told);
        scripts.put("worker-1", told);
        scripts.put("coordinator", LISTEN + waitFor("worker-0") + "sleep 1; echo 'syncbn: worker-1 is silent'; exit 1");

        assertThat(failure()).startsWith("the job failed: worker-1 is silent\n");
    }

    @Test
    void afterAFailureWhoWasToldMayFinishWriting() throws Exception {
        scripts.put("worker-0", waitFor("coordinator") + "sleep 1; echo 'the checkpoint is written'; exit 1");
        scripts.put("worker-1", "exit 0");
        scripts.put("coordinator", LISTEN + "echo 'syncbn: the loss is not a number'; exit 1");

        assertThat(failure()).startsWith("the job failed: the loss is not a number\n");
        assertThat(directory.log("worker-0")).content().contains("the checkpoint is written");
    }

    @Test
    void aCoordinatorThatCannotListenIsTheCause() throws Exception {
        scripts.put("coordinator", "echo 'syncbn: port 7800 is taken'; exit 2");
        scripts.put("worker-0", STAY);

        assertThat(failure()).startsWith("the job failed: coordinator ended with exit code 2: port 7800 is taken");
    }

    @Test
    void aCoordinatorThatNeverListensEndsTheJob() throws Exception {
        for (String script : List.of(STAY, "exit 0")) {
            scripts.put("coordinator", script);
            scripts.put("worker-0", STAY);
            assertThatItNeverListens();
        }
    }

    private void assertThatItNeverListens() throws Exception {
        settleMillis = 100;
        leaveMillis = 300;
        resultMillis = 300;
        assertThat(launch(timeouts(Duration.ofMillis(300)), crew -> {}))
                .isInstanceOfSatisfying(Ending.Failed.class, failed -> assertThat(failed.message())
                        .contains("did not say where it listens"));
    }

    @Test
    void aChildThatRefusesToEndIsKilled() throws Exception {
        scripts.put("coordinator", LISTEN + STAY);
        scripts.put("worker-0", "trap '' TERM; " + touch("deaf") + "while :; do sleep 0.1; done");
        scripts.put("worker-1", waitForFile("deaf") + "exit 3");

        assertThat(failure()).startsWith("the job failed: worker-1 ended with exit code 3");
    }

    @Test
    void anInterruptedJobEndsItsChildren() throws Exception {
        scripts.put("coordinator", LISTEN + STAY);
        scripts.put("worker-0", STAY);

        assertThat(launch(timeouts(), crew -> launcher.interrupt())).isEqualTo(new Ending.Interrupted());
    }

    @Test
    void aStoppedJobEndsByItself() throws Exception {
        scripts.put("coordinator", LISTEN + "read WORD; echo told to $WORD; exit 130");
        scripts.put("worker-0", waitFor("coordinator") + "sleep 0.5; exit 130");
        List<String> said = new ArrayList<>();

        assertThat(launch(timeouts(), saying(said, crew -> launcher.stop()))).isEqualTo(new Ending.Interrupted());
        assertThat(directory.log("coordinator")).content().contains("told to stop");
        assertThat(said).containsExactly("stopping at the next commit; once more to stop at once");
    }

    @Test
    void aJobThatIsDoneBeforeItCouldStopIsDone() throws Exception {
        scripts.put("coordinator", LISTEN + "read WORD; exit 0");
        scripts.put("worker-0", "exit 0");

        assertThat(launch(timeouts(), crew -> launcher.stop())).isEqualTo(new Ending.Done());
    }

    @Test
    void aStopAtTheStartEndsThoseWhoHaveNotJoined() throws Exception {
        scripts.put("coordinator", "read WORD; exit 130");
        scripts.put("worker-0", STAY);

        assertThat(launch(timeouts(), crew -> launcher.stop())).isEqualTo(new Ending.Interrupted());
    }

    @Test
    void whatIsWrongWithTheInputIsToldFromAJobThatFailed() throws Exception {
        scripts.put("coordinator", LISTEN + STAY);
        scripts.put("worker-0", "echo 'syncbn: /nowhere: no such file or directory'; exit 2");
        assertThat(launch()).isInstanceOfSatisfying(Ending.Failed.class, failed -> assertThat(failed.isBadInput())
                .isTrue());

        scripts.put("worker-0", "echo 'syncbn: step 3: the loss is not finite'; exit 1");
        tellerMillis = 300;
        assertThat(launch()).isInstanceOfSatisfying(Ending.Failed.class, failed -> assertThat(failed.isBadInput())
                .isFalse());
    }

    @Test
    void whoHasNotJoinedWhenTheJobIsDoneIsEnded() throws Exception {
        scripts.put("coordinator", LISTEN);
        scripts.put("worker-0", "exit 0");
        scripts.put("worker-1", STAY);
        leaveMillis = 300;

        assertThat(launch()).isEqualTo(new Ending.Done());
    }

    @Test
    void aJobWithoutAResultHasFailed() throws Exception {
        Files.delete(directory.result());
        restarts = 100; // whether the worker's end is seen before the coordinator's is all the same
        scripts.put("coordinator", LISTEN);
        scripts.put("worker-1", "exit 0");
        for (String end : List.of("echo 'syncbn: no memory'; exit 4", "kill -9 $$", "exit 0")) {
            scripts.put("worker-0", waitForCoordinatorsEnd() + end);
            assertThat(failure())
                    .startsWith("the job is done, but result.json was not written: ")
                    .contains("\n  its log: " + directory.path().resolve("logs"));
        }
        scripts.put("worker-0", waitForCoordinatorsEnd() + "echo 'syncbn: no memory'; exit 4");
        assertThat(failure())
                .isEqualTo(
                        "the job is done, but result.json was not written: worker-0 ended with exit code 4: no memory"
                                + "\n  its log: " + directory.log("worker-0"));
    }

    @Test
    void whoNeverWritesTheResultIsNamed() throws Exception {
        Files.delete(directory.result());
        scripts.put("coordinator", LISTEN);
        scripts.put("worker-0", "exit 0");
        scripts.put("worker-1", STAY);
        leaveMillis = 300;
        resultMillis = 600;

        assertThat(failure())
                .isEqualTo("the job is done, but result.json was not written: worker-1 is still at it\n  its log: "
                        + directory.log("worker-1"));
    }

    @Test
    void whoStillWritesTheResultHasTheTime() throws Exception {
        Files.delete(directory.result());
        scripts.put("coordinator", LISTEN);
        scripts.put("worker-0", waitForCoordinatorsEnd() + "sleep 2; " + touch("result.json"));
        leaveMillis = 300;

        assertThat(launch()).isEqualTo(new Ending.Done());
        assertThat(directory.result()).exists();
    }

    @Test
    void aWatcherMayActUponTheCrew() throws Exception {
        scripts.put("coordinator", LISTEN + waitFor("worker-7"));
        scripts.put("worker-0", waitFor("worker-7"));
        scripts.put("worker-7", READ_ADDRESS + "echo coordinator at $ADDRESS");
        most = 1;
        Watcher watcher = new Watcher() {
            private boolean hasActed;

            @Override
            public void tick(ProcessTable crew) {
                if (!hasActed) {
                    hasActed = true;
                    assertThat(crew.workers()).containsExactly("worker-0");
                    assertThat(crew.pid("worker-7")).isEmpty();
                    crew.startWorker("worker-7");
                    assertThat(crew.pid("worker-7")).isPresent();
                }
            }

            @Override
            public Address way(String worker, Address coordinator) {
                return worker.equals("worker-7") ? new Address("proxy", coordinator.port()) : coordinator;
            }
        };

        assertThat(launch(timeouts(), watcher)).isEqualTo(new Ending.Done());
        assertThat(directory.log("worker-7")).content().contains("coordinator at proxy:4711");
    }

    @Test
    void anOldLogIsNotTakenForTheNewOne() throws Exception {
        Files.writeString(directory.log("coordinator"), "listening on 127.0.0.1:1\nsyncbn: an old reason\n");
        scripts.put("coordinator", LISTEN + waitFor("worker-0"));
        scripts.put("worker-0", READ_ADDRESS + "echo coordinator at $ADDRESS");

        assertThat(launch()).isEqualTo(new Ending.Done());
        assertThat(directory.log("worker-0")).content().contains("127.0.0.1:4711");
    }
}
