package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParentWatchTest {
    private Process process;

    /** A child that would stay for ever. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws InterruptedException {
            System.out.println("up");
            if (Boolean.parseBoolean(arguments[0])) {
                System.out.println(ParentWatch.start().coordinator());
            }
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    @AfterEach
    void endTheChild() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void aLaunchedProcessReadsTheAddressAndEndsWhenItsParentsPipeCloses() throws IOException, InterruptedException {
        start(true);
        process.outputWriter().append("node-0:7800\n").flush();
        assertThat(process.inputReader().readLine()).isEqualTo("node-0:7800");
        process.outputWriter().close();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(ExitCode.INTERRUPTED);
    }

    @Test
    void aWorkerStillWaitingForTheAddressEndsToo() throws IOException, InterruptedException {
        start(true);
        process.getOutputStream().close();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(ExitCode.INTERRUPTED);
    }

    @Test
    void aProcessOfItsOwnDoesNotCareForItsInput() throws IOException, InterruptedException {
        start(false);
        process.getOutputStream().close();
        assertThat(process.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
    }

    @Test
    void aLineIsHeardOnce() throws InterruptedException {
        AtomicInteger heard = new AtomicInteger();
        CountDownLatch closed = new CountDownLatch(1);
        InputStream in = new ByteArrayInputStream("stop\nstop\n".getBytes(StandardCharsets.UTF_8));
        ParentWatch.start(in, closed::countDown).onLine(heard::incrementAndGet);
        assertThat(closed.await(120, TimeUnit.SECONDS)).isTrue();
        assertThat(heard).hasValue(1);
    }

    private void start(boolean isLaunched) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        process = new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        Boolean.toString(isLaunched))
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("up");
    }
}
