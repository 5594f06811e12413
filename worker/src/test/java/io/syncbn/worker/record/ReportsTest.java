package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.v1.CurvePoint;
import io.syncbn.proto.v1.Report;
import io.syncbn.worker.record.Evaluation.Other;
import io.syncbn.worker.record.Evaluation.Scores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private long nowNanos;

    private Reports reports(int layers) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            names.add("layer" + i + ".0.bn1");
        }
        Reports reports = new Reports(names, () -> nowNanos, () -> 3);
        reports.writes(true);
        return reports;
    }

    private static StepRecord step(long number, double loss) {
        return new StepRecord(
                number,
                number / 100.0,
                loss,
                loss / 10,
                0.1,
                8,
                false,
                false,
                new GradientNoise(loss, 2 * loss),
                new StepSplit(21, 1, 2, 3, 4, 5, 6));
    }

    private static LayerWaits waits(int layers, long first) {
        LayerWaits waits = LayerWaits.none(layers);
        for (int i = 0; i < layers; i++) {
            waits.forward()[i] = 1000 * (first + i);
            waits.backward()[i] = 2000 * (first + i);
        }
        return waits;
    }

    @Test
    void sumsTheStepsSinceTheLastOne() {
        Reports reports = reports(2);
        reports.stepped(step(1, 2), waits(2, 10));
        reports.stepped(step(2, 1), waits(2, 20));
        Report first = reports.take();
        assertThat(first.getSteps()).isEqualTo(2);
        assertThat(first.getLastStep()).isEqualTo(2);
        assertThat(first.getSums().getLoad()).isEqualTo(2000);
        assertThat(first.getSums().getUpdate()).isEqualTo(12000);
        assertThat(first.getSums().getForwardWaitsList()).containsExactly(30, 32);
        assertThat(first.getSums().getBackwardWaitsList()).containsExactly(60, 64);
        assertThat(first.getFailedWrites()).isEqualTo(3);
        assertThat(reports.take().getSteps()).isZero();
        reports.stepped(step(3, 1), waits(2, 1));
        assertThat(reports.take().getSums().getForwardWaitsList()).containsExactly(1, 2);
    }

    /** Workers do not send their heartbeats at the same time, but are to show the same steps. */
    @Test
    void showsTheStepThatIsDivisibleMost() {
        Reports reports = reports(1);
        for (int step = 11; step <= 21; step++) {
            nowNanos = step * 1000L;
            reports.stepped(step(step, 1), waits(1, step));
        }
        Report report = reports.take();
        assertThat(report.getSample().getStep()).isEqualTo(16);
        assertThat(report.getSample().getAge()).isEqualTo(5);
        assertThat(report.getSample().getTimes().getForwardWaitsList()).containsExactly(16);
    }

    @Test
    void aCurveOfManyStepsKeepsMeansAndPeaks() {
        Random random = new Random(7);
        for (int steps : new int[] {1, 8, 9, 17, 100, 1000}) {
            Reports reports = reports(1);
            double[] losses = random.doubles(steps, 0.5, 3).toArray();
            for (int i = 0; i < steps; i++) {
                reports.stepped(step(i + 1, losses[i]), waits(1, 0));
            }
            List<CurvePoint> curve = reports.take().getCurveList();
            assertThat(curve).hasSizeBetween(Math.min(steps, 4), Reports.MOST_POINTS);
            long next = 1;
            for (CurvePoint point : curve) {
                assertThat(point.getFirstStep()).isEqualTo(next);
                next = point.getLastStep() + 1;
                double[] of = Arrays.copyOfRange(losses, (int) point.getFirstStep() - 1, (int) point.getLastStep());
                double mean = Arrays.stream(of).average().orElseThrow();
                assertThat((double) point.getMeanLoss()).isCloseTo(mean, within(1e-5));
                assertThat((double) point.getLeastLoss())
                        .isCloseTo(Arrays.stream(of).min().orElseThrow(), within(1e-6));
                assertThat((double) point.getMostLoss())
                        .isCloseTo(Arrays.stream(of).max().orElseThrow(), within(1e-6));
                assertThat((double) point.getGradientVariance()).isCloseTo(2 * mean, within(1e-5));
            }
            assertThat(next).isEqualTo(steps + 1);
        }
    }

    @Test
    void skippedStepsAreCountedAndNotInMeans() {
        Reports reports = reports(1);
        StepRecord left = step(1, Double.NaN);
        reports.stepped(
                new StepRecord(1, 0, Double.NaN, 0, 0.1, 8, true, false, null, left.split()), LayerWaits.none(1));
        CurvePoint point = reports.take().getCurve(0);
        assertThat(point.getSkipped()).isEqualTo(1);
        assertThat(point.getMeanLoss()).isNaN();
    }

    @Test
    void onlyTheWriterTellsCurvesScoresAndNames() {
        Reports reports = reports(1);
        reports.writes(false);
        reports.stepped(step(1, 1), waits(1, 0));
        reports.evaluated(1, 0.1, new Evaluation(10, 1, 0.5));
        reports.digest(1, "ab");
        Report report = reports.take();
        assertThat(report.getCurveList()).isEmpty();
        assertThat(report.getScoresList()).isEmpty();
        assertThat(report.getLayersList()).isEmpty();
        assertThat(report.getDigests(0).getDigest()).isEqualTo("ab");
        assertThat(report.getSteps()).isEqualTo(1);
    }

    @Test
    void namesComeInPartsAndAgainInEachGeneration() {
        Reports reports = reports(53);
        for (int generation = 0; generation < 2; generation++) {
            reports.generation();
            List<String> names = new ArrayList<>();
            for (Report report = reports.take(); report.getLayersCount() > 0; report = reports.take()) {
                assertThat(report.getFirstLayer()).isEqualTo(names.size());
                names.addAll(report.getLayersList());
            }
            assertThat(names).hasSize(53).startsWith("layer0.0.bn1").endsWith("layer52.0.bn1");
        }
    }

    @Test
    void manyLayersShareWaits() {
        Reports reports = reports(130);
        reports.stepped(step(1, 1), waits(130, 0));
        Report report = reports.take();
        assertThat(report.getLayersAWait()).isEqualTo(3);
        assertThat(report.getSums().getForwardWaitsList())
                .hasSize(44)
                .startsWith(3, 12)
                .endsWith(129);
    }

    /** Whatever the model, however long nothing was taken. */
    @Test
    void aReportIsSmall() {
        Reports reports =
                new Reports(Collections.nCopies(1000, "a.long.name".repeat(20)), () -> nowNanos, () -> 100_000);
        reports.writes(true);
        LayerWaits long1 = LayerWaits.none(1000);
        Arrays.fill(long1.forward(), 10_000_000L);
        Arrays.fill(long1.backward(), 10_000_000L);
        for (int step = 1_000_000; step < 1_001_000; step++) {
            reports.stepped(step(step, 1.23456), long1);
        }
        for (int i = 0; i < 10; i++) {
            reports.evaluated(
                    i,
                    1.5,
                    new Evaluation(
                            10,
                            1.5,
                            0.5,
                            Map.of(
                                    Other.PRECISE,
                                    new Scores(1, 1),
                                    Other.BATCH,
                                    new Scores(1, 1),
                                    Other.EMA,
                                    new Scores(1, 1))));
            reports.digest(i, "0".repeat(64));
        }
        assertThat(reports.take().getSerializedSize()).isLessThanOrEqualTo(2048);
    }
}
