package io.syncbn.worker.record;

import com.fasterxml.jackson.databind.JsonNode;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.tensorboard.RunEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** Writes TensorBoard's event files as training goes on. What it says of a step is what metrics.jsonl says. */
final class TensorBoardListener implements RunListener {
    private final Path directory;
    private final Origin origin;
    private final LongSupplier millisClock;
    private RunEvents events;

    /** @param millisClock since 1970: when this listener hears of a step, which is soon after it */
    TensorBoardListener(Path directory, Origin origin, LongSupplier millisClock) {
        this.directory = directory;
        this.origin = origin;
        this.millisClock = millisClock;
    }

    @Override
    public void begins(long step) {
        events = new RunEvents(directory, origin.job().settings(), step);
    }

    @Override
    public void steppedBefore(StepRecord step) {
        line(JsonText.tree(step));
    }

    @Override
    public void stepped(StepRecord step) {
        line(JsonText.tree(step));
    }

    @Override
    public void evaluated(long step, double epoch, Evaluation evaluation) {
        line(JsonText.tree(evaluation.line(step, epoch)));
    }

    private void line(JsonNode line) {
        write(() -> events.line(line, millisClock.getAsLong()));
    }

    @Override
    public void normalization(long step, NormTensors tensors) {
        write(() -> events.histograms(step, tensors.byTag(), millisClock.getAsLong()));
    }

    @Override
    public void finished(RunResult result, RunFacts facts) {
        write(() -> events.done(result.steps(), millisClock.getAsLong()));
    }

    @Override
    public void close() {
        if (events != null) {
            write(events::close);
        }
    }

    private interface Write {
        void run() throws IOException;
    }

    private void write(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            throw new RecordException(FileFault.cannotWrite(directory, e), e);
        }
    }
}
