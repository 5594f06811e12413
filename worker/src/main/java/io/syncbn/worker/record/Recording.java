package io.syncbn.worker.record;

import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.checkpoint.StateDigest;
import io.syncbn.worker.nn.Replica;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * This worker's part in recording a run. It always publishes its own metrics; the run is written by whichever worker
 * has shard 0 at the time. Belongs to the training thread.
 */
public final class Recording implements AutoCloseable {
    private final WriterTurn turn;
    private final Supplier<CheckpointKeeper> listeners;
    private final CheckpointTimer timer;
    private final WorkerMetrics metrics;
    private final StartTimes start;
    private final Reports reports;
    private final WritingThread digestThread = new WritingThread("digest");
    private final AtomicBoolean isDigestUnderWay = new AtomicBoolean();
    private final RecentSteps recent = new RecentSteps();
    /** Called on every worker for every step; they only store values and never block. */
    private final List<RunListener> everywhere;

    private CheckpointKeeper listener = CheckpointKeeper.NONE;
    /** Whether no other worker has written since this one did: then it tells how the job ends, even if it is at rest. */
    private boolean wroteLast;

    /**
     * @param listeners makes the listener for the steps that this worker writes
     * @param reports what the coordinator is told
     */
    public Recording(
            WriterTurn turn,
            Supplier<CheckpointKeeper> listeners,
            CheckpointTimer timer,
            WorkerMetrics metrics,
            StartTimes start,
            Reports reports) {
        this.turn = turn;
        this.listeners = listeners;
        this.timer = timer;
        this.metrics = metrics;
        this.start = start;
        this.reports = reports;
        everywhere = List.of(recent, start, metrics);
    }

    /** Records the end of a part of the start. */
    public void started(String part) {
        start.done(part);
    }

    /** The generation that this worker has a place in. */
    public void generation(long present) {
        metrics.generation(present);
        reports.generation();
    }

    /**
     * From now on this worker writes the run, unless it does so already.
     *
     * @param step the last that is done
     * @param isUnderWay whether the job has committed steps since it was started
     */
    public void begin(long step, boolean isUnderWay) {
        if (listener == CheckpointKeeper.NONE) {
            turn.begin(isUnderWay);
            listener = listeners.get();
            wroteLast = true;
            reports.writes(true);
            listener.begins(step);
            recent.upTo(step).forEach(listener::steppedBefore);
        }
    }

    /** From now on another worker may write it. */
    public void end() {
        reports.writes(false);
        listener.close();
        listener = CheckpointKeeper.NONE;
        turn.close();
    }

    /** From now on another worker writes it, and tells how it ends. */
    public void handOver() {
        end();
        wroteLast = false;
    }

    /** @param waits of the step, by normalization layer */
    public void stepped(StepRecord step, LayerWaits waits) {
        reports.stepped(step, waits);
        everywhere.forEach(each -> each.stepped(step));
        listener.stepped(step);
    }

    /** As {@link CheckpointKeeper#changed}. */
    public void changed(long step, Replica replica, float[] gradient, long examples) {
        listener.changed(step, replica, gradient, examples);
    }

    public void evaluated(long step, double epoch, Evaluation evaluation) {
        reports.evaluated(step, epoch, evaluation);
        everywhere.forEach(each -> each.evaluated(step, epoch, evaluation));
        listener.evaluated(step, epoch, evaluation);
    }

    /** Whether a checkpoint is due by time; a worker that becomes the writer when one is overdue takes it at once. */
    public boolean isCheckpointDue() {
        return listener != CheckpointKeeper.NONE && timer.isDue();
    }

    /** A checkpoint is due by time, which only the worker that writes the run knows; no digest is told. */
    public void timedCheckpoint(ModelState state, long epochsDone) {
        listener.checkpoint(state, epochsDone, kept -> {});
        timer.restart();
    }

    /**
     * A checkpoint is due by the number of its step, which all workers know: each tells its digest, to be compared.
     * The worker that writes the run computes it from the copy that it keeps.
     */
    public void checkpoint(ModelState state, long epochsDone) {
        if (listener == CheckpointKeeper.NONE) {
            tellDigestAside(state);
        }
        listener.checkpoint(state, epochsDone, this::tellDigest);
        timer.restart();
    }

    /** One at a time, so that no copies pile up. */
    private void tellDigestAside(ModelState state) {
        if (isDigestUnderWay.compareAndSet(false, true)) {
            ModelState copy = state.copy();
            digestThread.execute(() -> {
                try {
                    tellDigest(copy);
                } finally {
                    isDigestUnderWay.set(false);
                }
            });
        }
    }

    private void tellDigest(ModelState copy) {
        reports.digest(copy.step(), StateDigest.sha256(copy));
    }

    /** As {@link CheckpointKeeper#lastCheckpoint}. */
    public void lastCheckpoint(ModelState state, long epochsDone) {
        listener.lastCheckpoint(state, epochsDone);
    }

    /** As {@link RunListener#finished}. */
    public void finished(RunResult result, RunFacts facts) {
        listener.finished(result, facts);
    }

    /**
     * As {@link RunListener#ended}, if this worker was the last to write. One that is at rest, as after most failures,
     * makes listeners for this alone, without {@link RunListener#begins}: they leave the run directory as it is, so that
     * its lock is not needed.
     */
    public void ended(RunEnd end) {
        if (listener != CheckpointKeeper.NONE) {
            listener.ended(end);
        } else if (wroteLast) {
            try (CheckpointKeeper again = listeners.get()) {
                again.ended(end);
            }
        }
    }

    @Override
    public void close() {
        end();
        digestThread.close();
    }
}
