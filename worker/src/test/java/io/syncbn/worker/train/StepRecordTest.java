package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepRecordTest {
    private static String line(long step, double loss, boolean skipped) throws JsonProcessingException {
        StepSplit split = new StepSplit(10, 1, 4, 2, 1, 1, 1);
        return new ObjectMapper()
                .writeValueAsString(new StepRecord(step, 0.5, loss, 0.25, 0.1, 8, skipped, false, split));
    }

    @Test
    void onlyAStepThatWasLeftOutSaysSo() throws JsonProcessingException {
        assertThat(line(1, 2.5, false)).doesNotContain("skipped").contains("\"loss\":2.5", "\"stepMillis\":10.0");
        assertThat(line(2, Double.NaN, true)).contains("\"skipped\":true");
    }

    @Test
    void theRunsLossIsThatOfTheLastStepThatWasNot() throws JsonProcessingException {
        RunHistory history = RunHistory.of(List.of(line(1, 2.5, false), line(2, Double.NaN, true)));
        assertThat(history.trainLoss()).isEqualTo(2.5);
    }
}
