package io.syncbn.worker.record;

import com.fasterxml.jackson.databind.JsonNode;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.tensorboard.RunEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Writes TensorBoard's event files as training goes on. What it says of a step is what metrics.jsonl says. Of ends, only
 * a result is told: a run without one may go on.
 *
 * <p>Lines are written together, once a second at most: a burst delays one step, where a little after each would delay all.
 * Those that cannot be written are kept, up to a limit, and tried again now and then; meanwhile every event throws.
 * Histograms are not kept.
 */
final class TensorBoardListener implements RunListener {
    /** Most lines that wait for the disk, some megabytes; beyond, each new one takes the place of the oldest. */
    static final int MOST_KEPT = 10_000;

    static final long BETWEEN_WRITES_MILLIS = 1000;

    /** After a failure: opening a file takes reading those before it. */
    static final long BETWEEN_TRIES_MILLIS = 5000;

    private final Path directory;
    private final Path run;
    private final Origin origin;
    private final LongSupplier millisClock;
    private final Deque<Line> kept = new ArrayDeque<>();
    private RunEvents events;
    private long triedMillis;
    private Optional<RecordException> failure = Optional.empty();

    /**
     * A line to be written.
     *
     * @param millis since 1970: when this listener heard of it
     */
    private record Line(Supplier<JsonNode> json, long millis) {}

    private interface Write {
        void run() throws IOException;
    }

    /** @param millisClock since 1970: when this listener hears of a step, which is soon after it */
    TensorBoardListener(RunTarget target, Origin origin, LongSupplier millisClock) {
        this.directory = target.tracking().tensorBoard().orElseThrow();
        this.run = target.directory();
        this.origin = origin;
        this.millisClock = millisClock;
    }

    @Override
    public void begins(long step) {
        events = new RunEvents(directory, origin.job().settings(), step);
        EarlierLines.upTo(step, run, line -> add(() -> line));
        throwFailure();
    }

    @Override
    public void steppedBefore(StepRecord step) {
        add(() -> JsonText.tree(step));
        throwFailure();
    }

    @Override
    public void stepped(StepRecord step) {
        add(() -> JsonText.tree(step));
        throwFailure();
    }

    @Override
    public void evaluated(long step, double epoch, Evaluation evaluation) {
        add(() -> JsonText.tree(evaluation.line(step, epoch)));
        throwFailure();
    }

    @Override
    public void normalization(long step, NormTensors tensors) {
        if (failure.isEmpty() || isOver(BETWEEN_TRIES_MILLIS)) {
            write(() -> events.histograms(step, tensors.byTag(), millisClock.getAsLong()));
        }
        throwFailure();
    }

    @Override
    public void finished(RunResult result, RunFacts facts) {
        write(() -> events.done(result.steps(), millisClock.getAsLong()));
        throwFailure();
    }

    @Override
    public void close() {
        if (events == null) {
            return;
        }
        write(() -> {});
        try {
            events.close();
        } catch (IOException e) {
            remember(e);
        }
        throwFailure();
    }

    private void add(Supplier<JsonNode> line) {
        kept.addLast(new Line(line, millisClock.getAsLong()));
        if (kept.size() > MOST_KEPT) {
            kept.removeFirst();
        }
        if (isOver(failure.isEmpty() ? BETWEEN_WRITES_MILLIS : BETWEEN_TRIES_MILLIS)) {
            write(() -> {});
        }
    }

    private boolean isOver(long pauseMillis) {
        return millisClock.getAsLong() - triedMillis >= pauseMillis;
    }

    /** Writes the lines that are kept, and then something more; remembers whether that failed. */
    private void write(Write more) {
        triedMillis = millisClock.getAsLong();
        try {
            for (Line line = kept.peekFirst(); line != null; line = kept.peekFirst()) {
                events.line(line.json.get(), line.millis);
                kept.removeFirst();
            }
            more.run();
            failure = Optional.empty();
        } catch (IOException e) {
            remember(e);
        }
    }

    private void remember(IOException fault) {
        failure = Optional.of(new RecordException(FileFault.cannotWrite(directory, fault), fault));
    }

    private void throwFailure() {
        failure.ifPresent(thrown -> {
            throw thrown;
        });
    }
}
