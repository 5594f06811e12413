package io.syncbn.worker.train;

import io.syncbn.worker.train.WriteAlarms.Part;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The lines of {@code metrics.jsonl}. Those that cannot be written, because the disk is full, are kept and written when it
 * works again; the file has whole lines only. Used by one thread.
 */
final class MetricsLog implements AutoCloseable {
    /** How many lines are kept at most; the newest, some tens of megabytes. */
    static final int MOST_KEPT = 100_000;

    /** Lines of one write: when it fails, no more has been tried in vain. */
    private static final int BATCH = 256;

    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    /** Opens the file for writing. */
    @FunctionalInterface
    interface Disk {
        SeekableByteChannel open(Path file) throws IOException;
    }

    private final Path file;
    private final long step;
    private final WriteAlarms alarms;
    private final Disk disk;
    private final Deque<String> kept = new ArrayDeque<>();
    private long lost;
    /** Null until the file is there without the lines that are not true any more. */
    private SeekableByteChannel channel;
    /** Where the last whole line ends. */
    private long wholeBytes;

    /**
     * Begins where an earlier writer ended, or with an empty file.
     *
     * @param step from which training goes on: what the file tells of later ones will be told again
     */
    MetricsLog(Path file, long step, WriteAlarms alarms) {
        this(file, step, alarms, path -> Files.newByteChannel(path, StandardOpenOption.WRITE));
    }

    MetricsLog(Path file, long step, WriteAlarms alarms, Disk disk) {
        this.file = file;
        this.step = step;
        this.alarms = alarms;
        this.disk = disk;
        write();
    }

    /** Adds a line, now or when that is possible. */
    void add(String line) {
        kept.addLast(line);
        if (kept.size() > MOST_KEPT) {
            kept.removeFirst();
            lost++;
        }
        write();
    }

    /** All lines, written or not. */
    List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>(channel == null ? linesOfEarlier() : RunHistory.texts(file));
        lines.addAll(kept);
        return lines;
    }

    private List<String> linesOfEarlier() throws IOException {
        return Files.exists(file) ? RunHistory.linesUpTo(step, file) : List.of();
    }

    /** Writes what is kept, as far as that works. */
    private void write() {
        try {
            begin();
            while (!kept.isEmpty()) {
                writeBatch();
            }
            alarms.worked(Part.METRICS, file);
        } catch (IOException e) {
            alarms.failed(
                    Part.METRICS,
                    WholeFile.cannotWrite(file, e)
                            + "; training goes on, and its lines are kept until they can be written");
        }
    }

    private void begin() throws IOException {
        if (channel == null) {
            byte[] earlier = text(linesOfEarlier());
            WholeFile.write(file, earlier);
            channel = disk.open(file);
            wholeBytes = earlier.length;
        }
    }

    private void writeBatch() throws IOException {
        List<String> batch = new ArrayList<>();
        for (Iterator<String> lines = kept.iterator(); lines.hasNext() && batch.size() < BATCH; ) {
            batch.add(lines.next());
        }
        ByteBuffer bytes = ByteBuffer.wrap(text(batch));
        channel.position(wholeBytes);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            cutTornLine(e);
            throw e;
        }
        wholeBytes += bytes.capacity();
        for (int i = 0; i < batch.size(); i++) {
            kept.removeFirst();
        }
    }

    private void cutTornLine(IOException fault) {
        try {
            channel.truncate(wholeBytes);
        } catch (IOException e) {
            fault.addSuppressed(e);
        }
    }

    private static byte[] text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (!kept.isEmpty()) {
            write();
        }
        if (lost + kept.size() > 0) {
            LOG.log(Level.ERROR, "{0} lines of {1} are lost: they could not be written", lost + kept.size(), file);
        }
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, WholeFile.cannotWrite(file, e));
        }
    }
}
