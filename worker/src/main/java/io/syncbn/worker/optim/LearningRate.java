package io.syncbn.worker.optim;

import io.syncbn.proto.job.Optimization;
import io.syncbn.proto.job.Optimization.Rate;
import io.syncbn.proto.job.Schedule;

/**
 * The learning rate as a pure function of the step.
 *
 * <p>The full rate is the given one, scaled by the global batch if asked for ({@link Optimization.Scaling}). Warm-up climbs
 * to it in equal parts, one a step, from the first part at step 1 (Goyal et al. 2017 §2.2); then the schedule takes over.
 */
public final class LearningRate {
    private LearningRate() {}

    /**
     * The rate for one step.
     *
     * @param step being computed, from 1 to {@code totalSteps}
     * @param stepsPerEpoch of a pass over the data, in which warm-up is measured
     * @param totalSteps of the whole job
     * @param globalBatch examples of a full step, over all shards
     */
    public static double at(Rate rate, long step, long stepsPerEpoch, long totalSteps, long globalBatch) {
        if (step < 1 || step > totalSteps) {
            throw new IllegalArgumentException("step must be from 1 to " + totalSteps + ", not " + step);
        }
        double full = scaled(rate, globalBatch);
        long warmupSteps = Math.round(rate.warmupEpochs() * stepsPerEpoch);
        return step <= warmupSteps
                ? full * step / warmupSteps
                : full * factor(rate.schedule(), step - 1, warmupSteps, totalSteps);
    }

    private static double scaled(Rate rate, double globalBatch) {
        return switch (rate.scaling()) {
            case NONE -> rate.base();
            case LINEAR -> rate.base() * globalBatch / rate.baseBatch();
            case SQRT -> rate.base() * Math.sqrt(globalBatch / rate.baseBatch());
        };
    }

    /** The schedule's part of the full rate once {@code stepsDone} steps, all of warm-up among them, are done. */
    private static double factor(Schedule schedule, long stepsDone, long warmupSteps, long totalSteps) {
        if (schedule instanceof Schedule.Cosine) {
            double progress = (double) (stepsDone - warmupSteps) / (totalSteps - warmupSteps);
            return (1 + StrictMath.cos(Math.PI * progress)) / 2;
        }
        if (schedule instanceof Schedule.Step step) {
            double factor = 1;
            for (double milestone : step.milestones()) {
                if (stepsDone >= Math.round(milestone * totalSteps)) {
                    factor *= step.factor();
                }
            }
            return factor;
        }
        return 1;
    }
}
