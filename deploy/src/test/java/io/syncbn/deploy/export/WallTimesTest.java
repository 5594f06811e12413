package io.syncbn.deploy.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.deploy.launch.JsonLine;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WallTimesTest {
    /** Six steps of 100 ms, 200 ms, … */
    private static final List<JsonLine> STEPS = IntStream.rangeClosed(1, 6)
            .mapToObj(step -> line("{\"step\":" + step + ",\"stepMillis\":" + 100 * step + "}"))
            .toList();

    private static JsonLine line(String json) {
        return JsonLine.of(json).orElseThrow();
    }

    private static JsonLine generation(long step, long millis) {
        return line("{\"millis\":" + millis + ",\"event\":\"generation\",\"step\":" + step + "}");
    }

    @Test
    void stepsCountFromTheBeginningOfTheirGeneration() {
        WallTimes times = new WallTimes(List.of(generation(0, 10_000), generation(3, 20_000)), STEPS, 0);
        assertThat(Stream.of(0L, 1L, 2L, 3L, 4L, 5L, 6L).map(times::millisAfter))
                .containsExactly(10_000L, 10_100L, 10_300L, 10_600L, 20_400L, 20_900L, 21_500L);
    }

    @Test
    void aJobThatWentBackCountsFromThere() {
        List<JsonLine> events = List.of(
                line("{\"millis\":1,\"event\":\"job\"}"),
                generation(0, 10_000),
                generation(5, 20_000),
                generation(2, 30_000));
        WallTimes times = new WallTimes(events, STEPS, 0);
        assertThat(Stream.of(2L, 3L, 6L).map(times::millisAfter)).containsExactly(10_300L, 30_300L, 31_800L);
    }

    @Test
    void withoutEventsStepsCountBackFromTheLast() {
        WallTimes times = new WallTimes(List.of(), STEPS, 50_000);
        assertThat(Stream.of(6L, 5L, 1L).map(times::millisAfter)).containsExactly(50_000L, 49_400L, 48_000L);
    }
}
