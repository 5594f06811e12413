package io.syncbn.coordinator.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.coordinator.membership.Effect;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * A job's {@code events.jsonl}: append-only, with a first line that identifies the job. It is written by its own
 * thread, so no other thread waits for the disk.
 *
 * <p>If the file cannot be written, that is logged once, and the job goes on: only a restart of the coordinator needs
 * the file. A hanging disk is logged too.
 */
public final class EventsFile implements Journal, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.syncbn.coordinator");

    /** Most lines queued for a hanging disk; beyond that, notes that nobody waits for are dropped. */
    private static final int MOST_WAITING = 10_000;

    private static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long END_PATIENCE_SECONDS = 10;

    private final Path path;
    private final LongSupplier wallMillis;
    private final FileChannel channel;
    private final List<Effect.Note> earlier;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "events");
        made.setDaemon(true);
        return made;
    });
    private final AtomicInteger waiting = new AtomicInteger();
    private Runnable whenItFails = () -> {};
    /** Whether the file ends within a line. Belongs to the writing thread. */
    private boolean isTorn;

    private volatile boolean hasFailed;
    /** As last seen by {@link #watch}: the number of lines written, and when it last changed. */
    private long watchedLines;

    private long watchedNanos;
    private boolean hangs;
    private volatile long writtenLines;

    EventsFile(Path path, LongSupplier wallMillis, FileChannel channel, List<Effect.Note> earlier, boolean isTorn) {
        this.path = path;
        this.wallMillis = wallMillis;
        this.channel = channel;
        this.earlier = earlier;
        this.isTorn = isTorn;
    }

    /**
     * Opens the file, which need not exist.
     *
     * @param fingerprint of the job
     * @param wallMillis for people
     * @throws IOException with a message for the user; also if the file is another job's
     */
    public static EventsFile open(Path path, String fingerprint, LongSupplier wallMillis) throws IOException {
        String text;
        FileChannel channel;
        try {
            if (path.toAbsolutePath().getParent() != null) {
                Files.createDirectories(path.toAbsolutePath().getParent());
            }
            text = Files.exists(path) ? new String(Files.readAllBytes(path), StandardCharsets.UTF_8) : "";
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IOException("cannot keep a log of events in " + path + ": " + e.getMessage(), e);
        }
        ObjectMapper mapper = new ObjectMapper();
        List<Effect.Note> earlier = notes(mapper, text);
        Optional<String> owner = text.lines()
                .map(line -> EventLine.fingerprint(mapper, line))
                .flatMap(Optional::stream)
                .findFirst();
        Optional<String> refusal = refusal(path, fingerprint, owner, earlier);
        if (refusal.isPresent()) {
            channel.close();
            throw new IOException(refusal.get());
        }
        EventsFile file = new EventsFile(path, wallMillis, channel, earlier, !text.isEmpty() && !text.endsWith("\n"));
        if (owner.isEmpty()) {
            file.writeSoon(EventLine.job(wallMillis.getAsLong(), fingerprint), false, () -> {});
        }
        return file;
    }

    private static List<Effect.Note> notes(ObjectMapper mapper, String text) {
        List<Effect.Note> notes = new ArrayList<>();
        text.lines()
                .map(line -> EventLine.read(mapper, line))
                .flatMap(Optional::stream)
                .forEach(notes::add);
        return notes;
    }

    /**
     * Why the file is refused, if it is. A file that holds only a torn line is accepted: its writer died while starting
     * it.
     */
    private static Optional<String> refusal(
            Path path, String fingerprint, Optional<String> owner, List<Effect.Note> earlier) {
        String remedy = ": give each job a --journal of its own, or move this one away";
        if (owner.isPresent() && !owner.get().equals(fingerprint)) {
            return Optional.of("the events in " + path + " are those of another job: its fingerprint is " + owner.get()
                    + ", this job's is " + fingerprint + remedy);
        }
        return owner.isEmpty() && !earlier.isEmpty()
                ? Optional.of(
                        "the events in " + path + " do not say of which job they are, expected that of fingerprint "
                                + fingerprint + " (an older syncbn wrote them)" + remedy)
                : Optional.empty();
    }

    /** What the file held when it was opened. */
    public List<Effect.Note> earlier() {
        return earlier;
    }

    /** Sets the listener that is called for every event that cannot be written. */
    public void whenItFails(Runnable listener) {
        whenItFails = listener;
    }

    /** @param whenKept called by the writing thread */
    @Override
    public void keep(Effect.Note note, Runnable whenKept) {
        if (waiting.get() >= MOST_WAITING && !note.isToBeKept()) {
            whenItFails.run();
            whenKept.run();
            return;
        }
        writeSoon(EventLine.write(wallMillis.getAsLong(), note), note.isToBeKept(), whenKept);
    }

    private void writeSoon(String line, boolean isToBeKept, Runnable whenKept) {
        waiting.incrementAndGet();
        thread.execute(() -> {
            write(line, isToBeKept);
            writtenLines++;
            waiting.decrementAndGet();
            whenKept.run();
        });
    }

    private void write(String line, boolean isToBeKept) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(((isTorn ? "\n" : "") + line + "\n").getBytes(StandardCharsets.UTF_8));
            isTorn = true;
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            isTorn = false;
            if (isToBeKept) {
                channel.force(false);
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private void failed(IOException reason) {
        whenItFails.run();
        if (!hasFailed) {
            hasFailed = true;
            LOG.log(
                    Level.ERROR,
                    "events cannot be written to {0} any more ({1}); training goes on, but could not if the coordinator"
                            + " were started again",
                    path,
                    reason.getMessage());
        }
    }

    /** Logs when the disk hangs, and when it works again; to be called now and then, by one thread. */
    public void watch(long nowNanos) {
        long written = writtenLines;
        if (waiting.get() == 0 || written != watchedLines) {
            if (hangs) {
                LOG.log(Level.INFO, "{0} is written again", path);
            }
            hangs = false;
            watchedLines = written;
            watchedNanos = nowNanos;
        } else if (!hangs && nowNanos - watchedNanos > HANGS_NANOS) {
            hangs = true;
            LOG.log(
                    Level.WARNING,
                    "{0} hangs: nothing could be written for {1} s; steps go on, but a generation waits for it to begin",
                    path,
                    TimeUnit.NANOSECONDS.toSeconds(nowNanos - watchedNanos));
        }
    }

    /** Waits until all is written, but not forever. A write that still hangs ends with the process. */
    @Override
    public void close() throws IOException {
        thread.shutdown();
        try {
            if (thread.awaitTermination(END_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                channel.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
