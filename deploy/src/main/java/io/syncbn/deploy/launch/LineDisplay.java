package io.syncbn.deploy.launch;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Progress where there is no terminal: a line now and then. */
final class LineDisplay implements Progress.Display {
    private static final long INTERVAL_MILLIS = 10_000;

    private final PrintStream out;
    private final LongSupplier nowMillis;
    private long lastMillis;

    LineDisplay(PrintStream out, LongSupplier nowMillis) {
        this.out = out;
        this.nowMillis = nowMillis;
        this.lastMillis = nowMillis.getAsLong();
    }

    @Override
    public void step(Status status) {
        if (nowMillis.getAsLong() - lastMillis < INTERVAL_MILLIS) {
            return;
        }
        lastMillis = nowMillis.getAsLong();
        out.println(String.format(
                Locale.ROOT,
                "step %d/%d  epoch %.2f  %s  %d s left",
                status.step(),
                status.steps(),
                status.epoch(),
                status.figures(),
                status.left().toSeconds()));
    }

    @Override
    public void line(String text) {
        out.println(text);
    }

    @Override
    public void close() {
        out.flush();
    }
}
