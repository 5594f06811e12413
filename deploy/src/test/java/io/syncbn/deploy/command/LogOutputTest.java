package io.syncbn.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LogOutputTest {

    @Test
    void writesInOrderAndDrains() {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        LogOutput output = new LogOutput(target);
        PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
        for (int i = 0; i < 1000; i++) {
            stream.println("line " + i);
        }
        output.drain();
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
