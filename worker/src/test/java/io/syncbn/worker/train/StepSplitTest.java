package io.syncbn.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.worker.collective.Sum;
import io.syncbn.worker.record.StepSplit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepSplitTest {
    private static final List<String> PARTS =
            List.of("loadMillis", "computeMillis", "momentsMillis", "gradientsMillis", "commitMillis", "updateMillis");

    @TempDir
    Path directory;

    @Test
    void computeIsWhatTheOtherPartsLeave() {
        StepSplit split = StepSplit.ofNanos(10_000_000, 500_000, 2_000_000, 1_000_000, 250_000, 750_000);
        assertThat(split).isEqualTo(new StepSplit(10, 0.5, 5.5, 2, 1, 0.25, 0.75));
        assertThat(split.syncMillis()).isEqualTo(3.25);
    }

    @Test
    void theWaitClockAddsUpAndStartsAnew() {
        Iterator<Long> times = List.of(100L, 130L, 200L, 201L, 300L, 305L).iterator();
        WaitClock clock = new WaitClock(times::next);
        Sum<String> sum = () -> "sum";
        assertThat(clock.await(sum)).isEqualTo("sum");
        clock.await(sum);
        assertThat(clock.takeNanos()).isEqualTo(31);
        clock.await(sum);
        assertThat(clock.takeNanos()).isEqualTo(5);
    }

    @Test
    void everyLineOfMetricsHasPartsThatSumToItsStep() throws Exception {
        LocalTraining.run(
                LocalTraining.job(Map.of("model", "lenet", "steps", "3", "batch", "2")),
                directory,
                Optional.empty(),
                0);
        int steps = 0;
        for (String line : Files.readAllLines(directory.resolve("metrics.jsonl"))) {
            JsonNode values = new ObjectMapper().readTree(line);
            if (values.has("loss")) {
                steps++;
                double sum = PARTS.stream()
                        .mapToDouble(part -> values.required(part).asDouble())
                        .sum();
                assertThat(sum).isCloseTo(values.required("stepMillis").asDouble(), within(1e-6));
                assertThat(values.required("syncMillis").asDouble())
                        .isCloseTo(
                                values.get("momentsMillis").asDouble()
                                        + values.get("gradientsMillis").asDouble()
                                        + values.get("commitMillis").asDouble(),
                                within(1e-6));
                assertThat(PARTS).allSatisfy(part -> assertThat(values.get(part).asDouble())
                        .isNotNegative());
            }
        }
        assertThat(steps).isEqualTo(3);
    }
}
