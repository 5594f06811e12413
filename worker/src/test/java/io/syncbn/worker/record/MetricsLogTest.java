package io.syncbn.worker.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.Mutations;
import io.syncbn.worker.record.WriteAlarms.Part;
import io.syncbn.worker.train.TrainingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    @TempDir
    Path directory;

    private final List<Part> failures = new ArrayList<>();
    private final WriteAlarms alarms = new WriteAlarms(failures::add);
    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("metrics.jsonl");
    }

    private MetricsLog log(long step, MetricsFile.Disk disk) {
        return new MetricsLog(new MetricsFile(file, step, disk), alarms, Runnable::run);
    }

    private static String line(int step) {
        return "{\"step\":" + step + "}";
    }

    private static List<String> lines(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(MetricsLogTest::line).toList();
    }

    @Test
    void addsToTheLinesThatStayTrue() throws IOException {
        Files.writeString(file, line(1) + "\n" + line(2) + "\n" + line(3) + "\n{\"st");
        try (MetricsLog log = log(2, MetricsFile.Disk.FILES)) {
            assertThat(file).content().isEqualTo(line(1) + "\n" + line(2) + "\n");
            log.add(line(3));
            assertThat(log.lines()).isEqualTo(lines(1, 3));
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 3));
        assertThat(failures).isEmpty();
    }

    @Test
    void aLineThatIsNotUtf8IsTorn() throws IOException {
        Files.write(file, (line(1) + "\n{\"step\":2,\"\u00e9\":1}\n" + line(3) + "\n").getBytes(ISO_8859_1));
        try (MetricsLog log = log(3, MetricsFile.Disk.FILES)) {
            assertThat(log.lines()).containsExactly(line(1), line(3));
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void goesOnFromAnyDamagedFile() {
        byte[] whole = """
                {"step":1,"epoch":0.5,"loss":1.25,"examples":8,"stepMillis":3.5,"syncMillis":1.5}
                {"step":2,"epoch":1,"loss":null,"examples":8,"stepMillis":3.5,"syncMillis":1.5,"skipped":true}
                {"step":2,"epoch":1,"testLoss":0.5,"testAccuracy":0.75}
                """.getBytes(UTF_8);
        Mutations.read(whole, 3000, TrainingException.class, damaged -> {
            Files.write(file, damaged);
            try (MetricsLog log = log(2, MetricsFile.Disk.FILES)) {
                RunHistory history = RunHistory.of(log.lines());
                history.trainLoss();
                history.imagesPerSecond();
            }
        });
        assertThat(failures).isEmpty();
    }

    @Test
    void whatAFullDiskTookIsWrittenLaterAndNoLineIsTorn() throws IOException {
        Disk disk = new Disk();
        try (LogCapture logged = new LogCapture();
                MetricsLog log = log(0, disk)) {
            log.add(line(1));
            disk.freeBytes = 5;
            log.add(line(2));
            assertThat(file).content().isEqualTo(line(1) + "\n");
            log.add(line(3));
            assertThat(file).content().isEqualTo(line(1) + "\n");
            assertThat(log.lines()).isEqualTo(lines(1, 3));
            assertThat(logged.lines())
                    .containsExactly("SEVERE cannot write " + file + ": No space left on device; training goes on,"
                            + " and its lines are kept until they can be written");
            assertThat(failures).containsExactly(Part.METRICS, Part.METRICS);

            disk.freeBytes = Long.MAX_VALUE;
            log.add(line(4));
            assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 4));
            assertThat(logged.lines()).last().isEqualTo("INFO writing works again: " + file);

            disk.freeBytes = 0;
            log.add(line(5));
            assertThat(logged.lines()).hasSize(3);
            disk.freeBytes = Long.MAX_VALUE;
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 5));
    }

    @Test
    void aTornLineThatCouldNotBeCutOffIsWrittenOver() throws IOException {
        Disk disk = new Disk();
        try (MetricsLog log = log(0, disk)) {
            disk.freeBytes = 5;
            disk.canTruncate = false;
            log.add(line(1));
            assertThat(file).content().isEqualTo(line(1).substring(0, 5));
            disk.freeBytes = Long.MAX_VALUE;
            log.add(line(2));
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 2));
    }

    @Test
    void keepsTheNewestOfTooManyAndSaysHowManyAreLost() throws IOException {
        Disk disk = new Disk();
        try (LogCapture logged = new LogCapture()) {
            try (MetricsLog log = log(0, disk)) {
                disk.freeBytes = 0;
                for (int step = 1; step <= MetricsLog.MOST_KEPT + 7; step++) {
                    log.add(line(step));
                }
                disk.freeBytes = Long.MAX_VALUE;
            }
            assertThat(Files.readAllLines(file)).isEqualTo(lines(8, MetricsLog.MOST_KEPT + 7));
            assertThat(logged.lines()).last().asString().startsWith("SEVERE 7 lines of " + file + " are lost");
        }
    }

    /** A directory in the way of the file stands for a disk on which no file can be made. */
    @Test
    void beginsWhenThatIsPossible() throws IOException {
        Files.createDirectories(file.resolve("in the way"));
        try (MetricsLog log = log(0, MetricsFile.Disk.FILES)) {
            log.add(line(1));
            assertThat(failures).hasSize(2);
            Files.delete(file.resolve("in the way"));
            Files.delete(file);
            log.add(line(2));
            assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 2));
        }
    }

    @Test
    void noLineWaitsForADiskThatHangs() throws IOException {
        CountDownLatch works = new CountDownLatch(1);
        Disk disk = new Disk();
        disk.beforeWriting = () -> await(works);
        try (WritingThread thread = new WritingThread("metrics")) {
            MetricsLog log = new MetricsLog(new MetricsFile(file, 0, disk), alarms, thread);
            for (int step = 1; step <= 1000; step++) {
                log.add(line(step));
            }
            log.close();
            assertThat(failures).isEmpty();
            works.countDown();
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 1000));
        assertThat(failures).isEmpty();
    }

    /** Whoever goes on while the disk hangs has another disk, or hangs shorter. */
    @Test
    void aWriterWhoseDiskHungLeavesTheFileToTheNext() throws IOException {
        CountDownLatch works = new CountDownLatch(1);
        MetricsFile.Disk disk = path -> {
            throw new AssertionError("another's file is opened");
        };
        try (LogCapture logged = new LogCapture();
                WritingThread thread = new WritingThread("metrics")) {
            thread.execute(() -> await(works));
            MetricsLog log = new MetricsLog(new MetricsFile(file, 1, disk), alarms, thread);
            log.add(line(2));
            log.close();
            Files.writeString(file, line(1) + "\n" + line(2) + "\n" + line(3) + "\n");
            works.countDown();
            thread.close();
            assertThat(logged.lines())
                    .last()
                    .isEqualTo("SEVERE 1 lines of " + file
                            + " are lost: the disk hung until another worker might have gone on with the file");
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 3));
        assertThat(failures).isEmpty();
    }

    @Test
    void aFileThatWasOpenedTooLateIsTheNexts() throws IOException {
        CountDownLatch works = new CountDownLatch(1);
        MetricsFile.Disk hanging = path -> {
            await(works);
            return MetricsFile.Disk.FILES.open(path);
        };
        try (WritingThread thread = new WritingThread("metrics")) {
            MetricsLog log = new MetricsLog(new MetricsFile(file, 0, hanging), alarms, thread);
            log.add(line(7));
            log.close();
            Files.writeString(file, line(1) + "\n" + line(2) + "\n");
            works.countDown();
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 2));
    }

    private static void await(CountDownLatch works) {
        try {
            if (!works.await(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException("whoever adds a line waits for the disk");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aStepThatTheWriterBeforeHasToldOfIsNotToldAgain() throws IOException {
        Files.writeString(file, line(1) + "\n" + line(2) + "\n");
        try (MetricsLog log = log(2, MetricsFile.Disk.FILES)) {
            log.addUnlessTold(2, line(2));
            log.add(line(3));
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 3));
        Files.writeString(file, line(1) + "\n");
        try (MetricsLog log = log(2, MetricsFile.Disk.FILES)) {
            log.addUnlessTold(2, line(2));
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 2));
    }

    /** The one before was killed with lines on their way. */
    @Test
    void allStepsThatTheWriterBeforeHasNotToldOfAreTold() throws IOException {
        Files.writeString(file, line(1) + "\n" + line(2) + "\n");
        try (MetricsLog log = log(6, MetricsFile.Disk.FILES)) {
            for (int step = 1; step <= 6; step++) {
                log.addUnlessTold(step, line(step));
            }
            log.add(line(7));
        }
        assertThat(Files.readAllLines(file)).isEqualTo(lines(1, 7));
    }

    /** A disk with room for so many bytes more. */
    private static final class Disk implements MetricsFile.Disk {
        private long freeBytes = Long.MAX_VALUE;
        private boolean canTruncate = true;
        private Runnable beforeWriting = () -> {};

        @Override
        public SeekableByteChannel open(Path file) throws IOException {
            return new Limited(Files.newByteChannel(file, StandardOpenOption.WRITE));
        }

        private final class Limited implements SeekableByteChannel {
            private final SeekableByteChannel channel;

            Limited(SeekableByteChannel channel) {
                this.channel = channel;
            }

            @Override
            public int write(ByteBuffer from) throws IOException {
                beforeWriting.run();
                int length = (int) Math.min(from.remaining(), freeBytes);
                if (length == 0) {
                    throw new IOException("No space left on device");
                }
                channel.write(from.slice(from.position(), length));
                from.position(from.position() + length);
                freeBytes -= length;
                return length;
            }

            @Override
            public SeekableByteChannel truncate(long size) throws IOException {
                if (!canTruncate) {
                    throw new IOException("Input/output error");
                }
                return channel.truncate(size);
            }

            @Override
            public int read(ByteBuffer to) throws IOException {
                return channel.read(to);
            }

            @Override
            public long position() throws IOException {
                return channel.position();
            }

            @Override
            public SeekableByteChannel position(long position) throws IOException {
                return channel.position(position);
            }

            @Override
            public long size() throws IOException {
                return channel.size();
            }

            @Override
            public boolean isOpen() {
                return channel.isOpen();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        }
    }
}
