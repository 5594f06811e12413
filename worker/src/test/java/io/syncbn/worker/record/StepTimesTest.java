package io.syncbn.worker.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepTimesTest {
    private static StepTimes of(IntStream millis) {
        StepTimes times = new StepTimes();
        millis.forEach(times::add);
        return times;
    }

    @Test
    void withoutStepsThereAreNoTimes() {
        StepTimes none = of(IntStream.empty());
        assertThat(none.median()).isZero();
        assertThat(none.percentile99()).isZero();
    }

    @Test
    void theMedianIsThatOfTheBenchmarks() {
        assertThat(of(IntStream.of(5, 1, 3)).median()).isEqualTo(3);
        assertThat(of(IntStream.of(4, 1, 3, 2)).median()).isEqualTo(2.5);
    }

    @Test
    void the99thPercentileIsTheLeastThatCoversThem() {
        assertThat(of(IntStream.rangeClosed(1, 99)).percentile99()).isEqualTo(99);
        assertThat(of(IntStream.rangeClosed(1, 100)).percentile99()).isEqualTo(99);
        assertThat(of(IntStream.rangeClosed(1, 101)).percentile99()).isEqualTo(100);
        assertThat(of(IntStream.rangeClosed(1, 2000)).percentile99()).isEqualTo(1980);
    }
}
