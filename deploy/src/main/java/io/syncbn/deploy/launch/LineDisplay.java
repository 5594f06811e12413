package io.syncbn.deploy.launch;

import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Progress where there is no terminal: a line now and then. */
final class LineDisplay implements Progress.Display {
    private static final long INTERVAL_MILLIS = 10_000;

    private final PrintStream out;
    private final LongSupplier nowMillis;
    private OptionalLong lastMillis = OptionalLong.empty();

    LineDisplay(PrintStream out, LongSupplier nowMillis) {
        this.out = out;
        this.nowMillis = nowMillis;
    }

    /** The first steps are slow and tell nothing, so the first interval begins with them. */
    @Override
    public void step(Status status) {
        long now = nowMillis.getAsLong();
        if (lastMillis.isEmpty()) {
            lastMillis = OptionalLong.of(now);
        }
        if (now - lastMillis.getAsLong() < INTERVAL_MILLIS) {
            return;
        }
        lastMillis = OptionalLong.of(now);
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
