package io.syncbn.worker.record;

import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.record.WriteAlarms.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Writes checkpoints in a thread of its own, from a copy of the state, while training goes on: a step waits for a disk
 * only if the previous checkpoint is still being written, once, and for less than any deadline of a step.
 *
 * <p>Used by one thread, the one that trains. One checkpoint is written at a time.
 */
public final class CheckpointWriter implements AutoCloseable {
    /** How long a checkpoint waits for the previous one; less than any deadline of a step's sums. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** Where checkpoints go. */
    public interface Store {
        /**
         * @return the checkpoint's directory
         * @throws CheckpointException if it could not be written
         */
        Path write(ModelState state, long epochsDone);
    }

    private final Store store;
    private final WriteAlarms alarms;
    private final WritingThread thread = new WritingThread("checkpoints");
    private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);
    private long stepUnderWay = -1;
    /** Whether waiting for the one under way has timed out: no step waits for it again. */
    private boolean hangs;

    public CheckpointWriter(Store store, WriteAlarms alarms) {
        this.store = store;
        this.alarms = alarms;
    }

    /**
     * Begins to write a checkpoint of a state, which may change as soon as this returns. A failed write is an alarm,
     * and so is a checkpoint that is skipped because the previous one is still being written. One that is under way is
     * not begun again.
     *
     * @param further done with the copy afterwards
     */
    void begin(ModelState state, long epochsDone, Consumer<ModelState> further) {
        if (!underWay.isDone() && state.step() == stepUnderWay) {
            return;
        }
        if (!isDoneWithin(hangs ? Duration.ZERO : PATIENCE)) {
            hangs = true;
            alarms.failed(
                    Part.CHECKPOINT,
                    "the checkpoint of step " + state.step() + " is left out, because the one before is still being"
                            + " written; training goes on");
            return;
        }
        hangs = false;
        ModelState copy = state.copy();
        stepUnderWay = copy.step();
        underWay = CompletableFuture.runAsync(
                () -> {
                    writeOrAlarm(copy, epochsDone);
                    further.accept(copy);
                },
                thread);
    }

    private void writeOrAlarm(ModelState state, long epochsDone) {
        try {
            write(state, epochsDone);
        } catch (CheckpointException e) {
            alarms.failed(Part.CHECKPOINT, e.getMessage() + "; training goes on, with the checkpoints before it");
        }
    }

    private void write(ModelState state, long epochsDone) {
        alarms.worked(Part.CHECKPOINT, store.write(state, epochsDone));
    }

    /**
     * Writes a checkpoint, after the one that is under way.
     *
     * @throws CheckpointException if it could not be written
     */
    void writeAndWait(ModelState state, long epochsDone) {
        underWay.join();
        write(state, epochsDone);
    }

    private boolean isDoneWithin(Duration patience) {
        try {
            underWay.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a mistake in writing a checkpoint", e.getCause());
        }
    }

    /** Waits, up to a limit, until the write under way has finished or failed. */
    @Override
    public void close() {
        thread.close();
    }
}
