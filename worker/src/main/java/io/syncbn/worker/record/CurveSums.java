package io.syncbn.worker.record;

import io.syncbn.proto.v1.CurvePoint;

/** Consecutive steps as one point of the curves. Not thread-safe. */
final class CurveSums {
    private final StepRecord first;
    private StepRecord last;
    private int steps;
    private int skipped;
    private double loss;
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private double accuracy;
    private int noises;
    private double square;
    private double variance;

    CurveSums(StepRecord step) {
        first = step;
        add(step);
    }

    private void add(StepRecord step) {
        last = step;
        if (step.skipped()) {
            skipped++;
            return;
        }
        steps++;
        loss += step.loss();
        least = Math.min(least, step.loss());
        most = Math.max(most, step.loss());
        accuracy += step.accuracy();
        if (step.noise() != null) {
            noises++;
            square += step.noise().gradientSquare();
            variance += step.noise().gradientVariance();
        }
    }

    /** Takes in the steps that follow these. */
    void add(CurveSums next) {
        last = next.last;
        skipped += next.skipped;
        steps += next.steps;
        loss += next.loss;
        least = Math.min(least, next.least);
        most = Math.max(most, next.most);
        accuracy += next.accuracy;
        noises += next.noises;
        square += next.square;
        variance += next.variance;
    }

    /** Means of no step are not a number. */
    CurvePoint toMessage() {
        return CurvePoint.newBuilder()
                .setFirstStep(first.step())
                .setLastStep(last.step())
                .setMeanLoss((float) (loss / steps))
                .setLeastLoss(steps == 0 ? Float.NaN : (float) least)
                .setMostLoss(steps == 0 ? Float.NaN : (float) most)
                .setAccuracy((float) (accuracy / steps))
                .setLearningRate((float) last.learningRate())
                .setEpoch(last.epoch())
                .setSkipped(skipped)
                .setGradientSquare((float) (square / noises))
                .setGradientVariance((float) (variance / noises))
                .build();
    }
}
