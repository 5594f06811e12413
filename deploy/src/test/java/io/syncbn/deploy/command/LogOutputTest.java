package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.launch.JavaCommand;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LogOutputTest {

    /** Ends itself by a thread whose last words its disk takes only when it waits for them. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            System.setErr(new PrintStream(new OutputStream() {
                @Override
                public void write(int single) {
                    write(new byte[] {(byte) single}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                    while (!isWaitedFor()) {
                        Thread.onSpinWait();
                    }
                    System.out.write(bytes, offset, length);
                    System.out.flush();
                }
            }));
            LogOutput.install();
            Interruption.endProcessAfter(Duration.ZERO, "could not leave in order");
            LockSupport.park();
        }

        private static boolean isWaitedFor() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("end-of-patience"))
                    .anyMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING);
        }
    }

    @Test
    void theLastWordsBeforeAHaltAreWritten() throws Exception {
        Process process = new ProcessBuilder(JavaCommand.of(Child.class.getName()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.inputReader().lines()).containsExactly("syncbn: could not leave in order");
            assertThat(process.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void writesInOrderAndDrains() {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        LogOutput output = new LogOutput(target);
        PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
        for (int i = 0; i < 1000; i++) {
            stream.println("line " + i);
        }
        output.drain(60_000);
        assertThat(target.toString(StandardCharsets.UTF_8).lines())
                .hasSize(1000)
                .last()
                .isEqualTo("line 999");
    }

    @Test
    void nobodyWaitsForADiskThatHangs() {
        CountDownLatch works = new CountDownLatch(1);
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        LogOutput output = new LogOutput(new OutputStream() {
            @Override
            public void write(int single) {
                try {
                    works.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                target.write(single);
            }
        });
        PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
        byte[] much = new byte[1 << 20];
        for (int i = 0; i < 10; i++) {
            stream.write(much, 0, much.length);
        }
        stream.println("the disk hangs");
        assertThat(target.size()).isZero();
        works.countDown();
    }
}
