package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepRecordTest {
    private static String line(long step, double loss, boolean skipped) {
        return line(step, 0.25 * step, loss, 8, skipped);
    }

    private static String line(long step, double epoch, double loss, long examples, boolean skipped) {
        StepSplit split = new StepSplit(10, 1, 4, 2, 1, 1, 1);
        return JsonText.line(new StepRecord(step, epoch, loss, 0.25, 0.1, examples, skipped, false, split));
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
