package io.syncbn.deploy.view;

import io.syncbn.proto.v1.CurvePoint;
import io.syncbn.proto.v1.Report;
import io.syncbn.proto.v1.StepSample;
import io.syncbn.proto.v1.StepTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Consecutive reports of a worker as one, no longer than each of them, but for evaluations and digests. */
final class MergedReport {
    /** Points of the curves. */
    private static final int MOST_POINTS = 8;

    private MergedReport() {}

    /**
     * Two as one, as if it were made when the second was.
     *
     * @param next what came after {@code report}
     * @param millisBetween them
     */
    static Report of(Report report, Report next, long millisBetween) {
        Report.Builder merged = report.toBuilder()
                .addAllScores(next.getScoresList())
                .addAllDigests(next.getDigestsList())
                .setLayersAWait(next.getLayersAWait())
                .setFailedWrites(next.getFailedWrites());
        if (next.getSteps() > 0) {
            merged.setLastStep(next.getLastStep()).setSteps(report.getSteps() + next.getSteps());
        }
        if (report.getSteps() == 0) {
            merged.setSums(next.getSums()).setSample(next.getSample()).addAllCurve(next.getCurveList());
        } else if (next.getSteps() == 0) {
            merged.setSample(older(report.getSample(), millisBetween));
        } else {
            merged.setSums(sum(report.getSums(), next.getSums()))
                    .setSample(sample(report.getSample(), next.getSample(), millisBetween))
                    .clearCurve()
                    .addAllCurve(curve(report.getCurveList(), next.getCurveList()));
        }
        if (next.getLayersCount() > 0) {
            boolean isContinued = next.getFirstLayer() == report.getFirstLayer() + report.getLayersCount();
            if (!isContinued) {
                merged.setFirstLayer(next.getFirstLayer()).clearLayers();
            }
            merged.addAllLayers(next.getLayersList());
        }
        return merged.build();
    }

    /** As a worker chooses one, so that the lines of workers have the same steps. */
    private static StepSample sample(StepSample before, StepSample next, long millisBetween) {
        return Long.numberOfTrailingZeros(next.getStep()) >= Long.numberOfTrailingZeros(before.getStep())
                ? next
                : older(before, millisBetween);
    }

    private static StepSample older(StepSample sample, long byMillis) {
        return sample.toBuilder()
                .setAge(sample.getAge() + TimeUnit.MILLISECONDS.toMicros(byMillis))
                .build();
    }

    private static StepTimes sum(StepTimes a, StepTimes b) {
        return StepTimes.newBuilder()
                .setLoad(a.getLoad() + b.getLoad())
                .setCompute(a.getCompute() + b.getCompute())
                .setMoments(a.getMoments() + b.getMoments())
                .setGradients(a.getGradients() + b.getGradients())
                .setCommit(a.getCommit() + b.getCommit())
                .setUpdate(a.getUpdate() + b.getUpdate())
                .addAllForwardWaits(sum(a.getForwardWaitsList(), b.getForwardWaitsList()))
                .addAllBackwardWaits(sum(a.getBackwardWaitsList(), b.getBackwardWaitsList()))
                .build();
    }

    private static List<Integer> sum(List<Integer> a, List<Integer> b) {
        List<Integer> sums = new ArrayList<>();
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            sums.add((int) Math.min(Integer.MAX_VALUE, (long) a.get(i) + b.get(i)));
        }
        return sums;
    }

    private static List<CurvePoint> curve(List<CurvePoint> points, List<CurvePoint> next) {
        List<CurvePoint> all = new ArrayList<>(points);
        all.addAll(next);
        while (all.size() > MOST_POINTS) {
            List<CurvePoint> halved = new ArrayList<>();
            for (int i = 0; i < all.size(); i += 2) {
                halved.add(i + 1 < all.size() ? both(all.get(i), all.get(i + 1)) : all.get(i));
            }
            all = halved;
        }
        return all;
    }

    private static CurvePoint both(CurvePoint a, CurvePoint b) {
        int ofA = counted(a);
        int ofB = counted(b);
        return b.toBuilder()
                .setFirstStep(a.getFirstStep())
                .setMeanLoss(mean(ofA, a.getMeanLoss(), ofB, b.getMeanLoss()))
                .setLeastLoss(
                        ofA == 0
                                ? b.getLeastLoss()
                                : ofB == 0 ? a.getLeastLoss() : Math.min(a.getLeastLoss(), b.getLeastLoss()))
                .setMostLoss(
                        ofA == 0
                                ? b.getMostLoss()
                                : ofB == 0 ? a.getMostLoss() : Math.max(a.getMostLoss(), b.getMostLoss()))
                .setAccuracy(mean(ofA, a.getAccuracy(), ofB, b.getAccuracy()))
                .setSkipped(a.getSkipped() + b.getSkipped())
                .setGradientSquare(mean(ofA, a.getGradientSquare(), ofB, b.getGradientSquare()))
                .setGradientVariance(mean(ofA, a.getGradientVariance(), ofB, b.getGradientVariance()))
                .build();
    }

    private static int counted(CurvePoint point) {
        return (int) (point.getLastStep() - point.getFirstStep() + 1) - point.getSkipped();
    }

    private static float mean(int countA, float a, int countB, float b) {
        return countA == 0
                ? b
                : countB == 0 ? a : (float) (((double) countA * a + (double) countB * b) / (countA + countB));
    }
}
