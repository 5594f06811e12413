package io.syncbn.deploy.launch;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress on a terminal: a bar with the time that is left, which evaluations push down a line. */
final class BarDisplay implements Progress.Display {
    private final PrintStream out;
    private final ProgressBar bar;

    BarDisplay(PrintStream out, boolean isColored) {
        this.out = out;
        this.bar = new ProgressBarBuilder()
                .setTaskName("train")
                .setInitialMax(-1)
                .setStyle(isColored ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(250)
                .setConsumer(new ConsoleProgressBarConsumer(out))
                .build();
    }

    @Override
    public void step(Status status) {
        bar.maxHint(status.steps());
        bar.stepTo(status.step());
        bar.setExtraMessage(" " + status.figures());
    }

    @Override
    public void line(String text) {
        out.print("\r\033[K" + text + "\n");
        bar.refresh();
    }

    @Override
    public void close() {
        bar.close();
    }
}
