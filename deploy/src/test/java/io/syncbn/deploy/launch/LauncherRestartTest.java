package io.syncbn.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom a launcher starts again, and when it gives up. */
class LauncherRestartTest extends WithLauncher {
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
    void whoFailsWithAMessageIsNotStartedAgain() throws Exception {
        restarts = 5;
        scripts.put("coordinator", LISTEN + STAY);
        scripts.put("worker-0", STAY);
        scripts.put("worker-1", "echo 'syncbn: train.npy is truncated'; exit 2");

        assertThat(failure()).startsWith("the job failed: worker-1 ended with exit code 2: train.npy is truncated");
        assertThat(directory.log("worker-1")).content().hasLineCount(1);
    }
}
