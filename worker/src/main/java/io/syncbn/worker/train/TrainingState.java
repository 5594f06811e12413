package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.checkpoint.ModelState;
import io.syncbn.worker.data.ChannelStatistics;
import io.syncbn.worker.nn.Replica;
import io.syncbn.worker.nn.norm.RunningStatistics;
import io.syncbn.worker.optim.LearningRate;
import io.syncbn.worker.optim.WeightUpdates;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * The model and everything that changes with it, and the one place where they change: weights, optimizer state and
 * running statistics together, by a committed step. Not thread-safe: used between steps, when no shard computes.
 */
final class TrainingState {
    /** Most steps skipped in a row: beyond, the job makes no progress. */
    private static final int MOST_LEFT_OUT = 100;

    private final Job job;
    private final Replica replica;
    private final WeightUpdates updates;
    private final Timetable timetable;
    private final NonFiniteCheck sumCheck;
    private long batchesTracked;
    private long step;
    private int leftOutInARow;
    private Optional<ChannelStatistics> data;

    TrainingState(Job job, ModelState from, Timetable timetable) {
        this.job = job;
        this.timetable = timetable;
        this.replica = from.replica();
        this.updates = new WeightUpdates(job.optimization(), replica.parameters(), from.slots());
        this.sumCheck = new NonFiniteCheck(replica.parameters(), job.batches().shards() > 1);
        this.batchesTracked = from.batchesTracked();
        this.step = from.step();
        this.leftOutInARow = from.leftOutInARow();
        this.data = from.notes().data();
    }

    /** Steps done. */
    long step() {
        return step;
    }

    /** Batches that the running statistics have seen. */
    long batchesTracked() {
        return batchesTracked;
    }

    /** Consecutive steps, up to the last, that were skipped. */
    int leftOutInARow() {
        return leftOutInARow;
    }

    /** Whole passes over the data. */
    long epochsDone() {
        return step / timetable.stepsPerEpoch();
    }

    double learningRateOf(long ofStep) {
        return LearningRate.at(
                job.optimization().rate(),
                ofStep,
                timetable.stepsPerEpoch(),
                timetable.steps(),
                (long) job.batches().shards() * job.batches().batch());
    }

    /**
     * Applies a committed step's sums to the model; if they are not finite and the job is to go on, only counts the
     * step.
     *
     * @param sums over the global batch
     * @param gradient sum over its examples, flat
     * @return why the step was skipped, if it was: on all workers or none, because all have the same sums
     * @throws TrainingException if the sums are not finite and the job is to stop, at once or because too many steps in
     *     a row were skipped; nothing has changed then
     */
    Optional<String> apply(CommitSum sums, float[] gradient) {
        long next = step + 1;
        Optional<String> fault = sumCheck.fault(sums, gradient);
        if (fault.isPresent()) {
            leaveOut(next, fault.get());
        } else {
            change(sums, gradient, next);
        }
        step = next;
        return fault;
    }

    private void leaveOut(long next, String fault) {
        if (!job.optimization().safeguard().skipNonFinite()) {
            throw NonFiniteGuard.stop(next, fault);
        }
        if (leftOutInARow + 1 == MOST_LEFT_OUT) {
            throw NonFiniteGuard.stop(
                    next, MOST_LEFT_OUT + " steps in a row had numbers that are not finite; the last: " + fault);
        }
        leftOutInARow++;
    }

    private void change(CommitSum sums, float[] gradient, long next) {
        leftOutInARow = 0;
        updates.step(replica.weights(), gradient, (long) sums.examples(), learningRateOf(next));
        if (sums.hasStatistics()) {
            batchesTracked++;
            float[] running = replica.runningStatistics();
            float[] updated = RunningStatistics.update(
                    running,
                    sums.meanStatistics(replica.statistics(), running),
                    job.model().normalization().running().momentum(),
                    batchesTracked);
            System.arraycopy(updated, 0, running, 0, running.length);
        }
    }

    /** Notes, for checkpoints, what the data is normalized by. */
    void normalizedBy(ChannelStatistics statistics) {
        data = Optional.of(statistics);
    }

    /** A view of the present state, not a copy. */
    ModelState modelState() {
        ModelState present = new ModelState(replica, batchesTracked, updates.slots(), step, leftOutInARow);
        return data.map(present::normalizedBy).orElse(present);
    }

    /** Weights, the optimizer's slots and running statistics, one after the other. */
    float[] flat() {
        FloatBuffer flat = FloatBuffer.allocate(modelState().flatSize());
        flat.put(replica.weights());
        updates.slots().put(flat);
        return flat.put(replica.runningStatistics()).array();
    }

    /** Goes on from a checkpoint of this job. */
    void restore(ModelState from) {
        float[] weights = from.replica().weights();
        float[] running = from.replica().runningStatistics();
        System.arraycopy(weights, 0, replica.weights(), 0, weights.length);
        updates.slots().set(from.slots());
        System.arraycopy(running, 0, replica.runningStatistics(), 0, running.length);
        batchesTracked = from.batchesTracked();
        step = from.step();
        leftOutInARow = from.leftOutInARow();
        from.notes().data().ifPresent(this::normalizedBy);
    }

    /**
     * Takes over another replica's state.
     *
     * @param flat as {@link #flat} gives it
     * @throws TrainingException if it is of another length; nothing has changed then
     */
    void takeOver(float[] flat, long itsBatchesTracked, long itsStep, int itsLeftOutInARow) {
        int length = modelState().flatSize();
        if (flat.length != length) {
            throw new IllegalStateException("a state of " + flat.length + " numbers came, expected " + length);
        }
        FloatBuffer from = FloatBuffer.wrap(flat);
        from.get(replica.weights());
        updates.slots().take(from);
        from.get(replica.runningStatistics());
        batchesTracked = itsBatchesTracked;
        step = itsStep;
        leftOutInARow = itsLeftOutInARow;
    }
}
