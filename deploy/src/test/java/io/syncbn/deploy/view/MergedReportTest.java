package io.syncbn.deploy.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.v1.CurvePoint;
import io.syncbn.proto.v1.ReplicaDigest;
import io.syncbn.proto.v1.Report;
import io.syncbn.proto.v1.StepSample;
import io.syncbn.proto.v1.StepTimes;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MergedReportTest {

    private static Report report(long step, float loss) {
        StepTimes times = StepTimes.newBuilder()
                .setLoad(1)
                .setCompute(2)
                .setMoments(3)
                .setGradients(4)
                .setCommit(5)
                .setUpdate(6)
                .addForwardWaits(7)
                .addBackwardWaits(8)
                .build();
        return Report.newBuilder()
                .setLastStep(step)
                .setSteps(1)
                .setSums(times)
                .setSample(StepSample.newBuilder().setStep(step).setTimes(times))
                .addCurve(CurvePoint.newBuilder()
                        .setFirstStep(step)
                        .setLastStep(step)
                        .setMeanLoss(loss)
                        .setLeastLoss(loss)
                        .setMostLoss(loss)
                        .setAccuracy(loss))
                .addDigests(ReplicaDigest.newBuilder().setStep(step).setDigest("d" + step))
                .setLayersAWait(1)
                .build();
    }

    @Test
    void isAsIfItHadBeenOne() {
        Random random = new Random(11);
        Report merged = Report.getDefaultInstance();
        double sum = 0;
        float least = Float.MAX_VALUE;
        float most = 0;
        int steps = 37;
        for (int step = 1; step <= steps; step++) {
            float loss = random.nextFloat();
            sum += loss;
            least = Math.min(least, loss);
            most = Math.max(most, loss);
            merged = MergedReport.of(merged, report(step, loss), 5);
        }
        assertThat(merged.getSteps()).isEqualTo(steps);
        assertThat(merged.getLastStep()).isEqualTo(steps);
        assertThat(merged.getSums().getUpdate()).isEqualTo(6 * steps);
        assertThat(merged.getSums().getForwardWaitsList()).containsExactly(7 * steps);
        assertThat(merged.getSums().getBackwardWaitsList()).containsExactly(8 * steps);
        assertThat(merged.getSample().getStep()).isEqualTo(32);
        assertThat(merged.getSample().getAge()).isEqualTo(5000 * (steps - 32));
        assertThat(merged.getDigestsCount()).isEqualTo(steps);
        assertThat(merged.getCurveCount()).isLessThanOrEqualTo(8);
        assertThat(merged.getCurveList().stream()
                        .mapToDouble(CurvePoint::getLeastLoss)
                        .min())
                .hasValue(least);
        assertThat(merged.getCurveList().stream()
                        .mapToDouble(CurvePoint::getMostLoss)
                        .max())
                .hasValue(most);
        double weighted = merged.getCurveList().stream()
                .mapToDouble(point -> point.getMeanLoss() * (point.getLastStep() - point.getFirstStep() + 1))
                .sum();
        assertThat(weighted).isCloseTo(sum, within(1e-4));
        assertThat(merged.getCurve(0).getFirstStep()).isEqualTo(1);
    }

    /** A worker's first heartbeats come before its first step has ended; later, an evaluation may take long. */
    @Test
    void reportsWithoutStepsLoseNothing() {
        Report before = Report.newBuilder()
                .addLayers("a")
                .addDigests(ReplicaDigest.newBuilder().setStep(0).setDigest("d0"))
                .build();
        Report none = Report.newBuilder()
                .setFirstLayer(1)
                .addLayers("b")
                .setLayersAWait(2)
                .build();
        Report merged = MergedReport.of(MergedReport.of(before, report(1, 1), 5), none, 7);
        assertThat(merged.getLayersList()).containsExactly("a", "b");
        assertThat(merged.getDigestsList()).extracting(ReplicaDigest::getDigest).containsExactly("d0", "d1");
        assertThat(merged.getSteps()).isEqualTo(1);
        assertThat(merged.getLastStep()).isEqualTo(1);
        assertThat(merged.getSums().getUpdate()).isEqualTo(6);
        assertThat(merged.getCurveCount()).isEqualTo(1);
        assertThat(merged.getSample().getAge()).isEqualTo(7000);
        assertThat(merged.getLayersAWait()).isEqualTo(2);
    }

    @Test
    void namesThatFollowEachOtherAreKept() {
        Report first = report(1, 1).toBuilder().addLayers("a").addLayers("b").build();
        Report next = report(2, 1).toBuilder().setFirstLayer(2).addLayers("c").build();
        Report again = report(3, 1).toBuilder().addLayers("a").build();
        assertThat(MergedReport.of(first, next, 5).getLayersList()).containsExactly("a", "b", "c");
        assertThat(MergedReport.of(MergedReport.of(first, next, 5), again, 5).getLayersList())
                .containsExactly("a");
    }
}
