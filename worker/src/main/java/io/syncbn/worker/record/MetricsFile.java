package io.syncbn.worker.record;

import io.syncbn.worker.checkpoint.AtomicFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The file {@code metrics.jsonl}, which has whole lines only. Belongs to the thread that writes it. */
final class MetricsFile {
    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    /** Opens the file for writing. */
    @FunctionalInterface
    interface Disk {
        Disk FILES = path -> Files.newByteChannel(path, StandardOpenOption.WRITE);

        SeekableByteChannel open(Path file) throws IOException;
    }

    private final Path path;
    private final long step;
    private final Disk disk;
    /** Null until the file has been written anew, without the lines of steps that will be repeated. */
    private SeekableByteChannel channel;
    /** Set by another thread. */
    private volatile boolean isGivenUp;
    /** Where the last whole line ends. */
    private long wholeBytes;

    /** @param step from which training goes on: lines of later steps are removed, as these steps will be repeated */
    MetricsFile(Path path, long step, Disk disk) {
        this.path = path;
        this.step = step;
        this.disk = disk;
    }

    Path path() {
        return path;
    }

    /**
     * Opens the file after an earlier writer's lines, or empty; does nothing if it is open.
     *
     * @return whether the file is open: false if it was given up before
     */
    boolean begin() throws IOException {
        if (channel == null && !isGivenUp) {
            byte[] earlier = text(linesOfEarlier());
            if (AtomicFile.write(path, earlier, () -> !isGivenUp)) {
                open(earlier.length);
            }
        }
        return channel != null;
    }

    private void open(long wholeBytes) throws IOException {
        SeekableByteChannel opened = disk.open(path);
        if (isGivenUp) {
            opened.close(); // it may be another writer's by now
            return;
        }
        channel = opened;
        this.wholeBytes = wholeBytes;
    }

    /**
     * From now on another writer may go on with the file. A file that is open may still be written to, since the other
     * writer replaces it; one that is not, because the disk hangs, is never opened: that would replace the other's
     * lines with old ones.
     */
    void giveUp() {
        isGivenUp = true;
    }

    boolean isGivenUp() {
        return isGivenUp;
    }

    List<String> lines() throws IOException {
        return channel == null ? linesOfEarlier() : RunHistory.texts(path);
    }

    private List<String> linesOfEarlier() throws IOException {
        return Files.exists(path) ? RunHistory.linesUpTo(step, path) : List.of();
    }

    /** Writes all of these lines, or none. */
    void write(List<String> lines) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text(lines));
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

    void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, FileFault.cannotWrite(path, e));
        }
    }
}
