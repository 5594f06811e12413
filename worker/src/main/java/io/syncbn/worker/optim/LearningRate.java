package io.syncbn.worker.optim;

import io.syncbn.proto.job.Optimization;
import io.syncbn.proto.job.Schedule;

/**
 * The learning rate as a pure function of the step.
 *
 * <p>The full rate is the given one, times (global batch)/256 if asked for (Goyal et al. 2017 §2.1). Warm-up climbs to it
 * in equal parts, one a step, from the first part at step 1 (§2.2); then the schedule takes over.
 */
public final class LearningRate {
    private static final double REFERENCE_BATCH = 256;

    private LearningRate() {}

    /**
     * The rate for one step.
     *
     * @param step being computed, from 1 to {@code totalSteps}
     * @param stepsPerEpoch of a pass over the data, in which warm-up is measured
     * @param totalSteps of the whole job
     * @param globalBatch examples of a full step, over all shards
     */
    public static double at(
            Optimization optimization, long step, long stepsPerEpoch, long totalSteps, long globalBatch) {
        if (step < 1 || step > totalSteps) {
            throw new IllegalArgumentException("step must be from 1 to " + totalSteps + ", not " + step);
        }
        double full = optimization.scaleLearningRate()
                ? optimization.learningRate() * globalBatch / REFERENCE_BATCH
                : optimization.learningRate();
        long warmupSteps = Math.round(optimization.warmupEpochs() * stepsPerEpoch);
        return step <= warmupSteps
                ? full * step / warmupSteps
                : full * factor(optimization.schedule(), step - 1, warmupSteps, totalSteps);
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
