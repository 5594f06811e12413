package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.syncbn.deploy.IgnoredSignals;
import io.syncbn.deploy.launch.JavaCommand;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signals to a process that stands for one of ours. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read cannot be interrupted
class InterruptionTest {
    private Process process;

    /** A process that tells of the first signal, and is ended by the second. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws InterruptedException {
            Runnable first = () -> System.out.println("first");
            boolean isLaunched = Boolean.parseBoolean(arguments[0]);
            try (Interruption interruption = isLaunched
                    ? Interruption.watchLaunched(first, Interruption::endProcess)
                    : Interruption.watch(first, Interruption::endProcess)) {
                System.out.println("up");
                Thread.sleep(Long.MAX_VALUE);
            }
        }
    }

    @AfterEach
    void endTheChild() {
        if (process != null) { // a test whose assumption does not hold starts none
            process.destroyForcibly();
        }
    }

    @Test
    void theFirstIsARequestAndTheSecondTheEnd() throws Exception {
        start(false);
        signal("TERM");
        assertThat(process.inputReader().readLine()).isEqualTo("first");
        signal("TERM");
        assertThat(process.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
    }

    @Test
    void ctrlCCountsTheSame() throws Exception {
        assumeThat(IgnoredSignals.contains(IgnoredSignals.INTERRUPT)).isFalse();
        start(false);
        signal("INT");
        assertThat(process.inputReader().readLine()).isEqualTo("first");
        signal("TERM");
        assertThat(process.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
    }

    /** A terminal that closes sends it twice. */
    @Test
    void theEndOfTheTerminalIsARequestHoweverOftenItIsSaid() throws Exception {
        assumeThat(IgnoredSignals.contains(IgnoredSignals.HANG_UP)).isFalse();
        start(false);
        signal("HUP");
        assertThat(process.inputReader().readLine()).isEqualTo("first");
        signal("HUP");
        assertThat(process.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
        signal("TERM");
        assertThat(process.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
    }

    @Test
    void aLaunchedProcessLeavesTheEndOfTheTerminalToTheLauncher() throws Exception {
        start(true);
        signal("HUP");
        assertThat(process.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
        signal("TERM");
        assertThat(process.inputReader().readLine()).isEqualTo("first");
    }

    @Test
    void aLaunchedProcessLeavesCtrlCToTheLauncher() throws Exception {
        start(true);
        signal("INT");
        signal("INT");
        assertThat(process.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
        signal("TERM");
        assertThat(process.inputReader().readLine()).isEqualTo("first");
    }

    private void start(boolean isLaunched) throws IOException {
        List<String> command = JavaCommand.of(Child.class.getName());
        command.add(Boolean.toString(isLaunched));
        process = new ProcessBuilder(command).start();
        assertThat(process.inputReader().readLine()).isEqualTo("up");
    }

    private void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
