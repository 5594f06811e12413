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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportsTest {
    /** Stands for one of 220 characters. */
    private static final String LONG = "long";

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

    /**
     * Whatever the model, however long nothing was taken; and all names come, although there is no report without
     * numbers.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {"bn1", "a.long.name", LONG, "\u00e4\u00f6\u00fc", "\u5c42\u5c42\u5c42\u5c42", "\ud83e\udde0"})
    void aReportIsSmallAndNamesComeAllTheSame(String name) {
        String unit = name.equals(LONG) ? "a.long.name".repeat(20) : name;
        for (String layer : List.of(unit, unit.repeat(120))) {
            for (int layers : new int[] {64, 1000}) {
                comeInSmallReports(Collections.nCopies(layers, layer));
            }
        }
    }

    private void comeInSmallReports(List<String> layers) {
        Reports reports = new Reports(layers, () -> nowNanos, () -> Integer.MAX_VALUE);
        reports.writes(true);
        String first = layers.get(0);
        String cut = first.codePoints()
                .limit(100)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        int told = 0;
        for (int tries = 0; told < layers.size(); tries++) {
            assertThat(tries).isLessThan(layers.size());
            fill(reports, layers.size(), 4_000_000_000L + 1000L * tries);
            nowNanos += 3_600_000_000_000L;
            Report report = reports.take();
            assertThat(report.getSerializedSize()).isLessThanOrEqualTo(Reports.MOST_BYTES);
            assertThat(report.getSample().getTimes().getUpdate()).isPositive();
            assertThat(report.getFirstLayer()).isEqualTo(told);
            assertThat(report.getLayersList()).isNotEmpty().containsOnly(cut);
            told += report.getLayersCount();
        }
        fill(reports, layers.size(), 5_000_000_000L);
        assertThat(reports.take().getSerializedSize()).isLessThanOrEqualTo(Reports.MOST_BYTES);
    }

    /** With numbers that take as many bytes as any. */
    private void fill(Reports reports, int layers, long firstStep) {
        LayerWaits waits = LayerWaits.none(layers);
        Arrays.fill(waits.forward(), Long.MAX_VALUE / 100_000);
        Arrays.fill(waits.backward(), Long.MAX_VALUE / 100_000);
        StepSplit split = new StepSplit(6e9, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9);
        for (long number = firstStep; number < firstStep + 17; number++) {
            reports.stepped(
                    new StepRecord(
                            number,
                            1.0 / 3,
                            1.0 / 3,
                            1.0 / 3,
                            1.0 / 3,
                            8,
                            number % 2 == 0,
                            false,
                            new GradientNoise(1.0 / 3, 1.0 / 3),
                            split),
                    waits);
        }
        for (long i = firstStep; i < firstStep + 10; i++) {
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
    }

    /** While names are told too. */
    @Test
    void aSampleHasItsWaitsWhereThereIsRoom() {
        Reports reports = reports(64);
        for (int step = 1; step <= 20; step++) {
            reports.stepped(step(step, 1), waits(64, 10));
            assertThat(reports.take().getSample().getTimes().getForwardWaitsList())
                    .hasSize(64);
        }
    }
}
