package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.proto.v1.Report;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes workers.jsonl. A line of a worker covers at least {@value #LEAST_MILLIS} ms, and at least one
 * {@value #LINES}th of the time since the file was begun, so that its length grows with the logarithm of that time. Not
 * thread-safe.
 */
final class ReportLog implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.syncbn.view");
    private static final long LEAST_MILLIS = 2000;
    private static final long LINES = 500;

    private final Path file;
    private final long begunMillis;
    private final Map<String, Pending> pending = new HashMap<>();
    private boolean hasFailed;

    /**
     * Reports that are not written yet, as one.
     *
     * @param sinceMillis when the first came
     * @param lastMillis when the last came
     */
    private record Pending(long sinceMillis, long lastMillis, long generation, Report report) {}

    /** @param nowMillis wall clock */
    ReportLog(Path file, long nowMillis) {
        this.file = file;
        this.begunMillis = nowMillis;
    }

    void add(long nowMillis, String worker, long generation, Report report) {
        Pending before = pending.get(worker);
        if (before != null && before.generation() != generation) {
            write(worker, before);
            before = null;
        }
        Pending now = before == null
                ? new Pending(nowMillis, nowMillis, generation, report)
                : new Pending(
                        before.sinceMillis(),
                        nowMillis,
                        generation,
                        MergedReport.of(before.report(), report, nowMillis - before.lastMillis()));
        if (nowMillis - now.sinceMillis() < Math.max(LEAST_MILLIS, (nowMillis - begunMillis) / LINES)) {
            pending.put(worker, now);
            return;
        }
        pending.remove(worker);
        write(worker, now);
    }

    private void write(String worker, Pending reports) {
        write(ReportLine.of(reports.lastMillis(), worker, reports.generation(), reports.report()));
    }

    void add(ObjectNode line) {
        write(line);
    }

    private void write(ObjectNode line) {
        try (BufferedWriter out = Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            out.write(line.toString());
            out.write('\n');
        } catch (IOException e) {
            if (!hasFailed) {
                hasFailed = true;
                LOG.log(
                        Level.WARNING,
                        "{0} cannot be written ({1}); the page of the run will lack it",
                        file,
                        e.getMessage());
            }
        }
    }

    /** Writes what is pending. */
    @Override
    public void close() {
        pending.forEach(this::write);
        pending.clear();
    }
}
