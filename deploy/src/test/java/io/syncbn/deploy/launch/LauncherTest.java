package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.settings.Range;
import io.syncbn.proto.net.Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with shell scripts as children, of which none may be left behind. */
@Timeout(300)
class LauncherTest {
    private static final String LISTEN = "echo listening on 127.0.0.1:4711; ";
    private static final String READ_ADDRESS = "read ADDRESS; ";
    private static final String STAY = "exec sleep 300";
    /** A file that is there when the launcher has said something. */
    private static final String SAID = "said";

    /** For what comes at once on an idle machine. */
    private static final long LONG_MILLIS = 60_000;

    private static final Restarts.Backoff BACKOFF = new Restarts.Backoff(Duration.ofMillis(10), Duration.ofMillis(50));

    @TempDir
    private Path temporary;

    private RunDirectory directory;
    private Launcher launcher;
    private int restarts;
    private long settleMillis = 300;
    private long tellerMillis = LONG_MILLIS;
    private long leaveMillis = LONG_MILLIS;
    private long resultMillis = LONG_MILLIS;

    /** Workers; 0: as many as there are scripts. */
    private int least;

    private int most;
    private final Map<String, String> scripts = new HashMap<>();

    @BeforeEach
    void prepare() throws IOException {
        directory = new RunDirectory(temporary);
        directory.create("");
        Files.writeString(directory.result(), "{}");
    }

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
    void aKilledWorkerIsStartedAgainAndToldTheAddress() throws Exception {
        restarts = 1;
        String twice = READ_ADDRESS + "echo coordinator at $ADDRESS; " + theFirstTime("kill -9 $$");
        scripts.put("worker-1", twice + touch("twice"));
        scripts.put("worker-0", "exit 0");
        scripts.put("coordinator", LISTEN + waitForFile("twice"));
        List<String> said = new ArrayList<>();

        assertThat(launch(timeouts(), saying(said, crew -> {}))).isEqualTo(new Ending.Done());
        assertThat(said).containsExactly("worker-1 was killed by signal 9 (KILL); starting it again (restart 1 of 1)");
        assertThat(directory.log("worker-1")).content().isEqualTo("coordinator at 127.0.0.1:4711\n".repeat(2));
    }

    @Test
    void aWorkerThatFailsAloneIsStartedAgain() throws Exception {
        restarts = 1;
        scripts.put("worker-1", theFirstTime("echo 'syncbn: no memory'; exit 4") + touch("twice"));
        scripts.put("worker-0", "exit 0");
        scripts.put("coordinator", LISTEN + waitForFile("twice"));
        List<String> said = new ArrayList<>();

        assertThat(launch(timeouts(), saying(said, crew -> {}))).isEqualTo(new Ending.Done());
        assertThat(said)
                .containsExactly("worker-1 ended with exit code 4: no memory; starting it again (restart 1 of 1)");
    }

    @Test
    void aWorkerThatFailsAloneTooOftenIsTheCause() throws Exception {
        scripts.put("coordinator", LISTEN + STAY);
        scripts.put("worker-0", STAY);
        scripts.put("worker-1", "echo 'syncbn: no memory'; exit 4");

        assertThat(failure()).startsWith("the job failed: worker-1 ended with exit code 4: no memory\n");
    }

    @Test
    void aKilledCoordinatorIsStartedAgainAtItsPort() throws Exception {
        restarts = 1;
        scripts.put("coordinator", LISTEN + "echo port $PORT; " + theFirstTime("kill -9 $$"));
        scripts.put("worker-0", READ_ADDRESS + waitForFile("again") + "echo coordinator at $ADDRESS");

        assertThat(launch()).isEqualTo(new Ending.Done());
        assertThat(directory.log("coordinator")).content().contains("port 0\n", "port 4711\n");
        assertThat(directory.log("worker-0")).content().hasLineCount(1);
    }

    @Test
    void whoIsKilledTooOftenFailsTheJob() throws Exception {
        restarts = 2;
        scripts.put("coordinator", LISTEN + STAY);
        scripts.put("worker-0", STAY);
        scripts.put("worker-1", "echo and again; kill -9 $$");

        assertThat(failure())
                .startsWith("the job failed: worker-1 was killed by signal 9 (KILL)")
                .contains("| and again");
        assertThat(directory.log("worker-1")).content().isEqualTo("and again\n".repeat(3));
    }

    @Test
    void withEnoughWorkersLeftTheJobGoesOn() throws Exception {
        least = 1;
        scripts.put("coordinator", LISTEN + waitForFile(SAID));
        scripts.put("worker-0", waitForFile(SAID));
        scripts.put("worker-1", "kill -9 $$");
        List<String> said = new ArrayList<>();

        assertThat(launch(timeouts(), saying(said, crew -> {}))).isEqualTo(new Ending.Done());
        assertThat(said).containsExactly("worker-1 was killed by signal 9 (KILL); the job goes on without it");
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
    void whoFailsWithAMessageIsNotStartedAgain() throws Exception {
        restarts = 5;
        scripts.put("coordinator", LISTEN + STAY);
        scripts.put("worker-0", STAY);
        scripts.put("worker-1", "echo 'syncbn: train.npy is truncated'; exit 2");

        assertThat(failure()).startsWith("the job failed: worker-1 ended with exit code 2: train.npy is truncated");
        assertThat(directory.log("worker-1")).content().hasLineCount(1);
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

    private String failure() throws Exception {
        return launch() instanceof Ending.Failed failed ? failed.message() : "no failure";
    }

    private Ending launch() throws Exception {
        return launch(timeouts(), crew -> {});
    }

    private Ending launch(LaunchTimeouts timeouts, Watcher watcher) throws Exception {
        int workers = most > 0 ? most : scripts.size() - 1;
        Range range = new Range(least > 0 ? least : workers, workers);
        launcher = new Launcher(
                directory, new Scripts(), range, restarts, timeouts, watcher, () -> System.nanoTime() / 1_000_000);
        Files.deleteIfExists(started("coordinator")); // of a job before this one
        Set<ProcessHandle> before = children();
        Ending ending = launcher.run();
        assertThat(children()).isSubsetOf(before);
        return ending;
    }

    private LaunchTimeouts timeouts() {
        return timeouts(Duration.ofMillis(LONG_MILLIS));
    }

    private LaunchTimeouts timeouts(Duration listen) {
        return new LaunchTimeouts(
                Duration.ofMillis(20),
                listen,
                new LaunchTimeouts.AfterFailure(Duration.ofMillis(settleMillis), Duration.ofMillis(tellerMillis)),
                new LaunchTimeouts.AfterEnd(Duration.ofMillis(leaveMillis), Duration.ofMillis(resultMillis)),
                Duration.ofSeconds(1),
                BACKOFF);
    }

    private Watcher saying(List<String> said, Watcher watcher) {
        return new Watcher() {
            @Override
            public void tick(ProcessTable crew) {
                watcher.tick(crew);
            }

            @Override
            public void say(String line) {
                said.add(line);
                try {
                    Files.writeString(temporary.resolve(SAID), line);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    /** Those of this JVM that are alive. */
    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).collect(Collectors.toSet());
    }

    /** Shell words that are followed only by the first process that comes to them. */
    private String theFirstTime(String words) {
        String file = temporary.resolve("again").toString();
        return "if [ ! -e '" + file + "' ]; then " + touch("again") + words + "; fi; ";
    }

    private String touch(String name) {
        return ": > '" + temporary.resolve(name) + "'; ";
    }

    /** Shell words that wait until another child has started. */
    private String waitFor(String name) {
        return waitForFile(name + ".started");
    }

    /** Shell words that wait until the coordinator has ended, and the launcher's JVM knows it. */
    private String waitForCoordinatorsEnd() {
        String file = "'" + started("coordinator") + "'";
        return "while [ ! -s " + file + " ] || kill -0 $(cat " + file + ") 2>/dev/null; do sleep 0.02; done; ";
    }

    /** A file that is there, with the process's id, once the process runs. */
    private Path started(String name) {
        return temporary.resolve(name + ".started");
    }

    private String waitForFile(String name) {
        return "while [ ! -e '" + temporary.resolve(name) + "' ]; do sleep 0.02; done; ";
    }

    private final class Scripts implements ChildCommands {
        @Override
        public List<String> coordinator(int port) {
            List<String> command = new ArrayList<>(command("coordinator"));
            command.addAll(0, List.of("env", "PORT=" + port));
            return command;
        }

        @Override
        public List<String> worker(String name) {
            return command(name);
        }

        private List<String> command(String name) {
            return List.of("sh", "-c", "echo $$ > '" + started(name) + "'; " + scripts.get(name));
        }
    }
}
