package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepRecordTest {
    private static String line(long step, double loss, boolean skipped) {
        return line(step, 0.25 * step, loss, 8, skipped);
    }

    private static String line(long step, double epoch, double loss, long examples, boolean skipped) {
        return line(step, epoch, loss, examples, skipped, null);
    }

    private static String line(
            long step, double epoch, double loss, long examples, boolean skipped, GradientNoise noise) {
        StepSplit split = new StepSplit(10, 1, 4, 2, 1, 1, 1);
        return JsonText.line(new StepRecord(step, epoch, loss, 0.25, 0.1, examples, skipped, false, noise, split));
    }

    @Test
    void onlyAStepThatWasLeftOutSaysSo() {
        assertThat(line(1, 2.5, false)).doesNotContain("skipped").contains("\"loss\":2.5", "\"stepMillis\":10.0");
        assertThat(line(2, Double.NaN, true)).contains("\"skipped\":true", "\"loss\":null,");
    }

    @Test
    void whatIsNoNumberIsNull() {
        assertThat(JsonText.line(Map.of("testLoss", Double.NaN))).isEqualTo("{\"testLoss\":null}");
        assertThat(JsonText.line(Map.of("testLoss", Double.POSITIVE_INFINITY))).isEqualTo("{\"testLoss\":null}");
        assertThat(JsonText.line(Map.of("testLoss", 0.5))).isEqualTo("{\"testLoss\":0.5}");
    }

    @Test
    void theRunsLossIsThatOfTheStepsThatWereNotLeftOut() {
        RunHistory history =
                RunHistory.of(List.of(line(1, 2.5, false), line(2, Double.NaN, true), line(3, 1.5, false)));
        assertThat(history.trainLoss()).isEqualTo(2);
        assertThat(RunHistory.of(List.of(line(1, Double.NaN, true))).trainLoss())
                .isNull();
    }

    @Test
    void theRunsLossIsTheMeanOverTheExamplesOfTheLastEpoch() {
        RunHistory history = RunHistory.of(List.of(
                line(1, 0.5, 100, 8, false),
                line(2, 1, 50, 8, false),
                line(3, 1.5, 3, 6, false),
                line(4, 2, 1, 2, false)));
        assertThat(history.trainLoss()).isEqualTo((3 * 6 + 2.0) / 8);
    }

    @Test
    void noiseThatCannotBeToldIsNotWritten() {
        assertThat(line(1, 2.5, false)).doesNotContain("gradientSquare", "gradientVariance", "null");
        assertThat(line(1, 0.5, 2.5, 8, false, new GradientNoise(0.25, -3)))
                .contains("\"gradientSquare\":0.25,\"gradientVariance\":-3.0,");
    }

    /** Of the sums, not a mean of quotients; of the last epoch, and of steps in which it could be told. */
    @Test
    void theRunsNoiseScaleIsAQuotientOfMeans() {
        RunHistory history = RunHistory.of(List.of(
                line(1, 0.5, 1, 8, false, new GradientNoise(1000, 1)),
                line(2, 1.25, 1, 8, false, new GradientNoise(4, 100)),
                line(3, 1.5, 1, 8, false, null),
                line(4, 1.75, Double.NaN, 8, true, null),
                line(5, 2, 1, 8, false, new GradientNoise(-2, 60))));
        assertThat(history.noiseScale()).isEqualTo((100 + 60) / (4.0 - 2));
        assertThat(RunHistory.of(List.of(line(1, 1, 1, 8, false, new GradientNoise(-1, 5))))
                        .noiseScale())
                .isNaN();
        assertThat(RunHistory.of(List.of(line(1, 2.5, false))).noiseScale()).isNaN();
    }

    @Test
    void aWorkersNoiseIsMostlyThatOfTheLastSteps() {
        RecentNoise noise = new RecentNoise();
        assertThat(noise.square()).isNaN();
        assertThat(noise.scale()).isNaN();
        noise.add(new GradientNoise(4, 100));
        noise.add(null);
        assertThat(noise.square()).isEqualTo(4);
        assertThat(noise.variance()).isEqualTo(100);
        assertThat(noise.scale()).isEqualTo(25);
        noise.add(new GradientNoise(1, 7));
        assertThat(noise.square()).isCloseTo((0.99 * 4 + 1) / 1.99, within(1e-12));
        assertThat(noise.variance()).isCloseTo((0.99 * 100 + 7) / 1.99, within(1e-12));
        assertThat(noise.scale()).isCloseTo((0.99 * 100 + 7) / (0.99 * 4 + 1), within(1e-12));
        for (int step = 0; step < 3000; step++) {
            noise.add(new GradientNoise(2, 6));
        }
        assertThat(noise.scale()).isCloseTo(3, within(1e-6));
    }

    /** 2.3 − 1 is less than 1.3 in float64. */
    @Test
    void theLastEpochHasNoStepMoreThanAnEpochWhereItsFractionsAreRounded() {
        List<String> lines = new ArrayList<>();
        for (int step = 1; step <= 23; step++) {
            lines.add(line(step, step / 10.0, step, 8, false));
        }
        assertThat(RunHistory.of(lines).trainLoss()).isEqualTo((14 + 23) / 2.0);
    }
}
