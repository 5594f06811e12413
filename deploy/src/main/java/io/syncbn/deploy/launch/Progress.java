package io.syncbn.deploy.launch;

import io.syncbn.proto.job.Job;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows how training goes, from {@code metrics.jsonl}. */
public final class Progress implements AutoCloseable {
    private final MetricsFile file;
    private final Status status;
    private final Display display;

    /** Where progress is shown. */
    interface Display extends AutoCloseable {
        void step(Status status);

        /** Shows a line that stays. */
        void line(String text);

        @Override
        void close();
    }

    Progress(Path metrics, Job.Length length, Display display) {
        this.file = new MetricsFile(metrics);
        this.status = new Status(length);
        this.display = display;
    }

    /** Progress of a run: a bar on a terminal, elsewhere a line now and then. */
    public static Progress of(
            RunDirectory directory, Job.Length length, PrintStream out, boolean isTerminal, LongSupplier nowMillis) {
        Display display = isTerminal ? new BarDisplay(out) : new LineDisplay(out, nowMillis);
        return new Progress(directory.metrics(), length, display);
    }

    /** Shows what is new. */
    public void update() {
        int seen = 0;
        for (Metrics metrics : file.news()) {
            if (metrics.has("testAccuracy")) {
                display.line(evaluation(metrics));
            } else {
                status.add(metrics);
                seen++;
            }
        }
        if (seen > 0) {
            display.step(status);
        }
    }

    private static String evaluation(Metrics metrics) {
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
