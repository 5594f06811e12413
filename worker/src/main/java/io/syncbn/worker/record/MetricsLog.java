package io.syncbn.worker.record;

import io.syncbn.worker.record.WriteAlarms.Part;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A queue of lines for {@code metrics.jsonl}; adding one never waits for the disk. Lines that cannot be written,
 * because the disk is full or hangs, are kept and written when it works again.
 *
 * <p>Lines are added by one thread, and written by another.
 */
final class MetricsLog implements AutoCloseable {
    /** Most lines kept, some tens of megabytes; beyond that the oldest are dropped. */
    static final int MOST_KEPT = 100_000;

    /** Lines of one write, which bounds the work lost when it fails. */
    private static final int BATCH = 256;

    /** How long closing may delay the worker that goes on with the file; less than any deadline. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    private static final Duration SILENT_PATIENCE = Duration.ofSeconds(10);

    private static final Logger LOG = System.getLogger("io.syncbn.worker");

    private final MetricsFile file;
    private final WriteAlarms alarms;
    private final Executor thread;
    private final Deque<Line> kept = new ArrayDeque<>();
    private long lost;
    /** Whether a write is scheduled and has not begun. */
    private boolean isAsked;

    /**
     * A line to be written.
     *
     * @param unlessTold step whose line is not written if the file already has it; or {@link #ANYWAY}
     */
    private record Line(String text, long unlessTold) {
        static final long ANYWAY = -1;
    }

    /** @param thread runs one task after another; no other may write to this file */
    MetricsLog(MetricsFile file, WriteAlarms alarms, Executor thread) {
        this.file = file;
        this.alarms = alarms;
        this.thread = thread;
        write();
    }

    /** Adds a line, which is written as soon as possible. */
    void add(String line) {
        add(new Line(line, Line.ANYWAY));
    }

    /** Adds a step's line, unless the previous writer has written it. */
    void addUnlessTold(long step, String line) {
        add(new Line(line, step));
    }

    private void add(Line line) {
        synchronized (this) {
            kept.addLast(line);
            dropOldest();
        }
        write();
    }

    private void dropOldest() {
        while (kept.size() > MOST_KEPT) {
            kept.removeFirst();
            lost++;
        }
    }

    /** Schedules a write of the lines that are kept. */
    private void write() {
        synchronized (this) {
            if (isAsked) {
                return;
            }
            isAsked = true;
        }
        thread.execute(this::writeKept);
    }

    private void writeKept() {
        synchronized (this) {
            isAsked = false;
        }
        try {
            if (!file.begin()) {
                return;
            }
            for (List<Line> batch = takeBatch(); !batch.isEmpty(); batch = takeBatch()) {
                write(batch);
            }
            alarms.worked(Part.METRICS, file.path());
        } catch (IOException e) {
            alarms.failed(
                    Part.METRICS,
                    FileFault.cannotWrite(file.path(), e)
                            + "; training goes on, and its lines are kept until they can be written");
        }
    }

    private synchronized List<Line> takeBatch() {
        List<Line> batch = new ArrayList<>();
        while (!kept.isEmpty() && batch.size() < BATCH) {
            batch.add(kept.removeFirst());
        }
        return batch;
    }

    private void write(List<Line> batch) throws IOException {
        try {
            boolean mayBeTold = batch.stream().anyMatch(line -> line.unlessTold != Line.ANYWAY);
            long told = mayBeTold ? RunHistory.of(file.lines()).lastStep() : 0;
            file.write(batch.stream()
                    .filter(line -> line.unlessTold == Line.ANYWAY || told < line.unlessTold)
                    .map(Line::text)
                    .toList());
        } catch (IOException e) {
            putBack(batch);
            throw e;
        }
    }

    private synchronized void putBack(List<Line> batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            kept.addFirst(batch.get(i));
        }
        dropOldest();
    }

    /** All lines, written or not; waits for the disk. */
    List<String> lines() throws IOException {
        CompletableFuture<List<String>> lines = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                lines.complete(allLines());
            } catch (IOException | RuntimeException e) {
                lines.completeExceptionally(e);
            }
        });
        try {
            if (!isDoneWithin(SILENT_PATIENCE, lines)) {
                LOG.log(Level.WARNING, "{0} hangs; it is waited for", file.path());
            }
            return lines.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException fault) {
                throw fault;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private List<String> allLines() throws IOException {
        List<String> lines = new ArrayList<>(file.lines());
        synchronized (this) {
            kept.forEach(line -> lines.add(line.text));
        }
        return lines;
    }

    private static boolean isDoneWithin(Duration patience, CompletableFuture<?> work) throws InterruptedException {
        try {
            work.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true; // thrown to whoever asks for the result
        }
        return true;
    }

    /**
     * Writes the rest and closes the file; if the disk hangs, this happens when it works again, provided the file was
     * open.
     */
    @Override
    public void close() {
        CompletableFuture<Void> closed = CompletableFuture.runAsync(this::writeRest, thread);
        try {
            if (!isDoneWithin(CLOSE_PATIENCE, closed)) {
                file.giveUp();
                LOG.log(Level.WARNING, "{0} hangs; what is to be written to it is kept", file.path());
            }
        } catch (InterruptedException e) {
            file.giveUp();
            Thread.currentThread().interrupt();
        }
    }

    private void writeRest() {
        boolean isRest;
        synchronized (this) {
            isRest = !kept.isEmpty();
        }
        if (isRest) {
            writeKept();
        }
        synchronized (this) {
            if (lost + kept.size() > 0) {
                String reason = file.isGivenUp()
                        ? "the disk hung until another worker might have gone on with the file"
                        : "they could not be written";
                LOG.log(Level.ERROR, (lost + kept.size()) + " lines of " + file.path() + " are lost: " + reason);
            }
        }
        file.close();
    }
}
