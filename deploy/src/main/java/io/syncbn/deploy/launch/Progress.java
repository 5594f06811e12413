package io.syncbn.deploy.launch;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.data.DataSummary;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;

/** Shows how training goes, from {@code metrics.jsonl}, {@code events.jsonl} and what a worker says of the data. */
public final class Progress implements Watcher, AutoCloseable {
    /** Events that the message at the job's end covers. */
    private static final Set<String> ENDS = Set.of("finished", "done", "stopped", "failed");

    private static final String FIRST_WORKER = "worker-0";

    private final JsonLines metrics;
    private final JsonLines events;
    private final Status status;
    private final Display display;
    private final Log log;
    private boolean isBegun;
    private boolean isDataShown;

    /** Where progress is shown. */
    interface Display extends AutoCloseable {
        void step(Status status);

        /** Shows a line that stays. */
        void line(String text);

        @Override
        void close();
    }

    /** @param log of a worker, which says what data it has read */
    Progress(Path metrics, Path events, Path log, Job.Length length, Display display) {
        this.log = new Log(log);
        this.metrics = JsonLines.ofNews(metrics);
        this.events = JsonLines.ofNews(events);
        this.status = new Status(length);
        this.display = display;
    }

    /** Progress of a run: a bar on a terminal, elsewhere a line now and then. */
    public static Progress of(
            RunDirectory directory, Job.Length length, PrintStream out, boolean isTerminal, LongSupplier nowMillis) {
        return of(
                directory,
                length,
                isTerminal
                        ? new BarDisplay(out, isColored(System.getenv("NO_COLOR")))
                        : new LineDisplay(out, nowMillis));
    }

    /** Progress that nobody is to see. */
    public static Progress hidden(RunDirectory directory, Job.Length length) {
        return of(directory, length, new NoDisplay());
    }

    private static Progress of(RunDirectory directory, Job.Length length, Display display) {
        return new Progress(directory.metrics(), directory.events(), directory.log(FIRST_WORKER), length, display);
    }

    /** By the convention of no-color.org. */
    static boolean isColored(String noColor) {
        return noColor == null || noColor.isEmpty();
    }

    /** Shows what is new. */
    @Override
    public void tick(ProcessTable crew) {
        update();
    }

    @Override
    public void say(String line) {
        display.line(line);
    }

    private void update() {
        showData();
        events.news().forEach(this::show);
        int seen = 0;
        for (JsonLine line : metrics.news()) {
            if (line.has("testAccuracy")) {
                display.line(evaluation(line));
            } else if (line.has("skipped")) {
                display.line(String.format(
                        Locale.ROOT, "step %.0f is left out: it had numbers that are not finite", line.number("step")));
            } else {
                status.add(line);
                seen++;
            }
        }
        if (seen > 0) {
            display.step(status);
        }
    }

    private void showData() {
        if (isDataShown) {
            return;
        }
        List<String> lines = log.messages(DataSummary.PREFIX);
        isDataShown = lines.stream().anyMatch(line -> line.startsWith(DataSummary.LAST));
        if (isDataShown) {
            lines.forEach(display::line);
        }
    }

    /** Skips what is usual: that workers gather for the first generation, and the end. */
    private void show(JsonLine event) {
        String kind = event.text("event");
        if (isBegun && !ENDS.contains(kind)) {
            display.line(event.text("text"));
        }
        isBegun |= kind.equals("generation");
    }

    private static String evaluation(JsonLine metrics) {
        return String.format(
                Locale.ROOT,
                "step %.0f  epoch %.2f  test loss %.4g  test accuracy %.2f %%",
                metrics.number("step"),
                metrics.number("epoch"),
                metrics.number("testLoss"),
                100 * metrics.number("testAccuracy"));
    }

    @Override
    public void close() {
        update();
        display.close();
    }
}
