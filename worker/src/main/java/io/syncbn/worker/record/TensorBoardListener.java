package io.syncbn.worker.record;

import com.fasterxml.jackson.databind.JsonNode;
import io.syncbn.worker.checkpoint.Origin;
import io.syncbn.worker.tensorboard.RunEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** Writes TensorBoard's event files as training goes on. What it says of a step is what metrics.jsonl says. */
final class TensorBoardListener implements RunListener {
    private final Path directory;
    private final Path metrics;
    private final Origin origin;
    private final LongSupplier millisClock;
    private RunEvents events;

    /** @param millisClock since 1970: when this listener hears of a step, which is soon after it */
    TensorBoardListener(RunTarget target, Origin origin, LongSupplier millisClock) {
        this.directory = target.tracking().tensorBoard().orElseThrow();
        this.metrics = target.directory().resolve("metrics.jsonl");
        this.origin = origin;
        this.millisClock = millisClock;
    }

    @Override
    public void begins(long step) {
        events = new RunEvents(directory, origin.job().settings(), step);
        write(() -> addMissing(step));
    }

    /** What the run's own file has, and the writer before did not come to tell, because it was killed. */
    private void addMissing(long last) throws IOException {
        if (!Files.exists(metrics)) {
            return;
        }
        for (String text : RunHistory.texts(metrics)) {
            JsonNode line = JsonText.parse(text);
            long step = line.path("step").asLong();
            if (step > 0 && step <= last) {
                events.line(line, millisClock.getAsLong());
            }
        }
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
