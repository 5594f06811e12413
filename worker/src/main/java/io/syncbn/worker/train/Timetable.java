package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.data.BatchPlan;
import io.syncbn.worker.data.Dataset;
import io.syncbn.worker.record.Intervals;

/**
 * When evaluations and checkpoints are due, and when training ends.
 *
 * @param steps of the whole job
 * @param stepsPerEpoch in a pass over the data
 * @param checkpointEvery steps; at least 1
 * @param evaluateEvery steps; at least 1
 */
record Timetable(long steps, long stepsPerEpoch, long checkpointEvery, long evaluateEvery) {

    static Timetable of(Job job, Dataset data, Intervals intervals) {
        BatchPlan batches = BatchPlan.of(job, data.train().size());
        long stepsPerEpoch = batches.stepsPerEpoch();
        return new Timetable(
                steps(job, batches),
                stepsPerEpoch,
                intervals.checkpointEvery() > 0 ? intervals.checkpointEvery() : stepsPerEpoch,
                intervals.evaluateEvery() > 0 ? intervals.evaluateEvery() : stepsPerEpoch);
    }

    /** Steps of the whole job. */
    static long steps(Job job, BatchPlan batches) {
        Job.Length length = job.batches().length();
        return length.steps() > 0 ? length.steps() : length.epochs() * batches.stepsPerEpoch();
    }

    /** Passes over the data; a fraction. */
    double epochsAfter(long step) {
        return (double) step / stepsPerEpoch;
    }

    boolean isLast(long step) {
        return step == steps;
    }

    boolean isEvaluationDue(long step) {
        return isLast(step) || step != 0 && step % evaluateEvery == 0;
    }

    boolean isCheckpointDue(long step) {
        return step % checkpointEvery == 0;
    }
}
