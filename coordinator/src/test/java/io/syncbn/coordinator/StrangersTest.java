package io.syncbn.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.wire.ReductionMethods;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever can reach a coordinator's port can send it anything. The job goes on as if nobody had: the same generation, the
 * same sums, and memory within bounds.
 */
class StrangersTest extends WithCoordinator {
    private static final int HALF_A_MESSAGE = 2 * 1024 * 1024;
    private static final int WHOLE_MESSAGE = 4 * 1024 * 1024;
    private static final long MOST_GROWTH = 50L << 20;

    @TempDir
    private Path directory;

    private Path events;
    private CoordinatorProcess coordinator;
    private List<FakeWorker> workers;
    private long step;
    private final List<Stranger> strangers = new ArrayList<>();

    @BeforeEach
    void begin() throws Exception {
        events = directory.resolve("events.jsonl");
        coordinator = start(WORKERS, WORKERS, Optional.of(events));
        workers = running(coordinator);
        goOn();
    }

    /** One more step, in the first generation. */
    private void goOn() throws InterruptedException {
        step++;
        for (FakeWorker worker : workers) {
            new FakeStep(SHARDS, SHARDS, step).send(worker);
        }
        for (FakeWorker worker : workers) {
            new FakeStep(SHARDS, SHARDS, step).expectRoots(worker);
            assertThat(worker.plan().getGeneration()).isEqualTo(1);
        }
    }

    private Stranger stranger() throws Exception {
        Stranger stranger = keep(new Stranger(coordinator.port()));
        strangers.add(stranger);
        return stranger;
    }

    @Test
    void messagesThatAreHalfSentHoldNoMemory() throws Exception {
        byte[] half = new byte[HALF_A_MESSAGE];
        long before = memory();
        for (int i = 0; i < 150; i++) {
            stranger()
                    .greet()
                    .call(1, i % 2 == 0 ? Stranger.ATTEND : Stranger.MOMENTS, Map.of())
                    .message(1, WHOLE_MESSAGE - 1, half)
                    .send();
        }
        goOn();
        assertThat(memory() - before).isLessThan(MOST_GROWTH);
        goOn();
    }

    @Test
    void callsWithoutNumberHoldNoMemory() throws Exception {
        long before = memory();
        Stranger stranger = stranger().greet();
        for (int call = 0; call < 100_000; call++) {
            stranger.call(2 * call + 1, Stranger.ATTEND, Map.of());
        }
        stranger.send();
        goOn();
        stranger.awaitHangUp();
        assertThat(memory() - before).isLessThan(MOST_GROWTH);
    }

    @Test
    void connectionsThatOnlyStandMakeRoomForNewOnes() throws Exception {
        for (int i = 0; i < 400; i++) {
            stranger();
        }
        strangers.get(0).awaitHangUp();
        goOn();
        worker("worker-3", coordinator).join(JOB);
        while (!Files.readString(events).contains("worker-3 joined")) {
            Thread.sleep(10);
        }
        goOn();
    }

    @Test
    void headersThatNeverEndAndFloodsOfSmallFramesEndTheirConnection() throws Exception {
        List<Stranger> floods = List.of(
                flood(stranger -> stranger.settings()),
                flood(stranger -> stranger.ping()),
                flood(stranger -> stranger.call(1, Stranger.ATTEND, Map.of("name", "x".repeat(7000)))),
                flood(stranger -> stranger.bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"
                        .repeat(1000)
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII))));
        Stranger resets = stranger().greet();
        for (int call = 0; call < 50_000; call++) {
            resets.call(2 * call + 1, Stranger.ATTEND, Map.of()).reset(2 * call + 1);
        }
        resets.send();
        stranger().greet().halfHeaders(1).send();
        goOn();
        for (Stranger flood : floods) {
            flood.awaitHangUp();
        }
        resets.awaitHangUp();
        goOn();
    }

    private interface Frames {
        void of(Stranger stranger);
    }

    private Stranger flood(Frames frames) throws Exception {
        Stranger stranger = stranger().greet();
        for (int i = 0; i < 50_000 && !stranger.isCutOff(); i++) {
            frames.of(stranger);
        }
        return stranger.send();
    }

    @Test
    void dataStreamsInAWorkersNameAreNotItsOwn() throws Exception {
        for (int i = 0; i < 20; i++) {
            stranger()
                    .greet()
                    .call(
                            1,
                            Stranger.MOMENTS,
                            Map.of(
                                    ReductionMethods.WORKER.name(), Integer.toString(i % 4),
                                    ReductionMethods.GENERATION.name(), Integer.toString(i % 2 + 1)))
                    .message(1, new byte[100])
                    .send();
        }
        goOn();
        for (Stranger stranger : strangers) {
            stranger.close();
        }
        goOn();
    }

    @Test
    void whatIsNoMessageIsALine() throws Exception {
        List<LogRecord> lines = new CopyOnWriteArrayList<>();
        Logger root = Logger.getLogger("");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        root.addHandler(handler);
        try {
            for (int i = 0; i < 30; i++) {
                stranger()
                        .greet()
                        .call(1, Stranger.ATTEND, Map.of())
                        .message(1, new byte[] {10, 127, 1})
                        .call(3, Stranger.ATTEND, Map.of())
                        .message(3, 5 * 1024 * 1024, new byte[0])
                        .call(3, Stranger.ATTEND, Map.of())
                        .bytes(new byte[] {0, 0, 3, 0, 0, 0, 0, 0, 1, 7, 7, 7})
                        .send();
            }
            while (lines.stream().noneMatch(line -> text(line).contains("its message is none"))) {
                Thread.sleep(10);
            }
            goOn();
        } finally {
            root.removeHandler(handler);
        }
        assertThat(lines).allMatch(line -> line.getThrown() == null).hasSizeLessThan(60);
    }

    private static String text(LogRecord line) {
        return line.getParameters() == null
                ? line.getMessage()
                : new MessageFormat(line.getMessage(), Locale.ROOT).format(line.getParameters());
    }

    @Test
    void refusalsFillNeitherLogNorJournal() throws Exception {
        for (int i = 0; i < 51; i++) {
            join("x".repeat(i % 2 == 0 ? 1 << 20 : 10_000));
        }
        for (int i = 0; i < 200; i++) {
            join("stranger-" + i);
        }
        worker("worker-3", coordinator).join(JOB);
        while (!Files.readString(events).contains("worker-3 joined")) {
            Thread.sleep(10);
        }
        goOn();
        assertThat(Files.readString(events)).contains("refused ").hasSizeLessThan(40_000);
    }

    private void join(String name) throws Exception {
        stranger()
                .greet()
                .call(1, Stranger.ATTEND, Map.of())
                .message(
                        1,
                        FromWorker.newBuilder()
                                .setJoin(Join.newBuilder().setName(name))
                                .build()
                                .toByteArray())
                .send();
    }

    /** Of this process: heap in use, and buffers outside of it, by whichever way Netty gets them. */
    private static long memory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory()
                - runtime.freeMemory()
                + Math.max(0, PlatformDependent.usedDirectMemory())
                + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
    }
}
