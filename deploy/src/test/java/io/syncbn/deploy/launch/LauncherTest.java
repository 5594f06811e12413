package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.launch.Launcher.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with shell scripts as children. Each writes its process id, so that none can be left behind unseen. */
@Timeout(60)
class LauncherTest {
    private static final String LISTEN = "echo listening on 127.0.0.1:4711; ";
    private static final String READ_ADDRESS = "read ADDRESS; ";
    private static final String STAY = "exec sleep 300";

    @TempDir
    private Path temporary;

    private RunDirectory directory;
    private final Map<String, String> scripts = new HashMap<>();

    @BeforeEach
    void prepare() throws IOException {
        directory = new RunDirectory(temporary);
        directory.create("");
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
        assertThat(launch(new Patience(20, 300, 100, 100, 1000), () -> {}))
                .isInstanceOfSatisfying(Ending.Failed.class, failed -> assertThat(failed.message())
                        .contains("did not say where it listens"));
    }

    @Test
    void aChildThatRefusesToEndIsKilled() throws Exception {
        scripts.put("coordinator", LISTEN + STAY);
        scripts.put("worker-0", "trap '' TERM; while :; do sleep 0.1; done");
        scripts.put("worker-1", waitFor("worker-0") + "exit 3");

        assertThat(failure()).startsWith("the job failed: worker-1 ended with exit code 3");
    }

    @Test
    void anInterruptedJobEndsItsChildren() throws Exception {
        scripts.put("coordinator", LISTEN + STAY);
        scripts.put("worker-0", STAY);
        AtomicReference<Launcher> launcher = new AtomicReference<>();

        assertThat(launch(patience(), () -> launcher.get().interrupt(), launcher))
                .isEqualTo(new Ending.Interrupted());
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
        return launch(patience(), () -> {});
    }

    private Ending launch(Patience patience, Runnable onTick) throws Exception {
        return launch(patience, onTick, new AtomicReference<>());
    }

    private Ending launch(Patience patience, Runnable onTick, AtomicReference<Launcher> launcher) throws Exception {
        launcher.set(new Launcher(directory, new Scripts(), scripts.size() - 1, patience, onTick));
        Ending ending = launcher.get().run();
        assertThat(processes()).allSatisfy(id -> assertThat(isAlive(id)).isFalse());
        return ending;
    }

    private static Patience patience() {
        return new Patience(20, 20_000, 300, 5_000, 1_000);
    }

    private List<Long> processes() throws IOException {
        List<Long> ids = new ArrayList<>();
        for (String name : scripts.keySet()) {
            Path file = temporary.resolve(name + ".pid");
            if (Files.exists(file)) {
                ids.add(Long.parseLong(Files.readString(file).strip()));
            }
        }
        assertThat(ids).isNotEmpty();
        return ids;
    }

    private static boolean isAlive(long id) {
        return ProcessHandle.of(id).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Shell words that wait until another child has started. */
    private String waitFor(String name) {
        return "while [ ! -e '" + temporary.resolve(name + ".pid") + "' ]; do sleep 0.02; done; ";
    }

    private final class Scripts implements ChildCommands {
        @Override
        public List<String> coordinator() {
            return command("coordinator");
        }

        @Override
        public List<String> worker(String name) {
            return command(name);
        }

        private List<String> command(String name) {
            String script = "echo $$ > '" + temporary.resolve(name + ".pid") + "'; ";
            return List.of("sh", "-c", script + scripts.get(name));
        }
    }
}
