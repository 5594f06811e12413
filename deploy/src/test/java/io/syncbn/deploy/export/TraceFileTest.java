package io.syncbn.deploy.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.syncbn.deploy.launch.JsonLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TraceFileTest {
    private static final List<JsonLine> LINES = Stream.of(
                    line("worker-0", 8, "\"layers\":{\"first\":0,\"names\":[\"bn1\",\"bn2\"]},"),
                    line("worker-1", 8, ""),
                    line("worker-0", 16, ""),
                    "{\"millis\":1,\"worker\":\"worker-0\",\"digests\":[[16,\"ab\"]]}")
            .map(text -> JsonLine.of(text).orElseThrow())
            .toList();

    private static String line(String worker, int step, String more) {
        return "{\"millis\":" + 1000 * step + ",\"worker\":\"" + worker + "\",\"generation\":3," + more
                + "\"layersAWait\":1,\"sample\":{\"step\":" + step
                + ",\"age\":500,\"times\":[10,200,30,40,50,60],\"forward\":[1,2],\"backward\":[3,24]}}";
    }

    private static List<JsonNode> slices(TraceFile trace, String name) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode event : new ObjectMapper().readTree(trace.text()).path("traceEvents")) {
            if (event.path("ph").asText().equals("X")
                    && event.path("name").asText().equals(name)) {
                found.add(event);
            }
        }
        return found;
    }

    @Test
    void partsFillAStepAndEndWhenItEnded() throws IOException {
        TraceFile trace = TraceFile.of(LINES, 1, 10);
        assertThat(trace.steps()).containsExactly(8L);
        List<JsonNode> steps = slices(trace, "step 8");
        assertThat(steps).hasSize(2);
        double begin = steps.get(0).path("ts").asDouble();
        assertThat(begin + steps.get(0).path("dur").asDouble()).isEqualTo(8_000_000 - 500);
        double at = begin;
        for (String part : List.of("load", "compute", "moments", "gradients", "commit", "update")) {
            JsonNode slice = slices(trace, part).get(0);
            assertThat(slice.path("ts").asDouble()).as(part).isEqualTo(at);
            at += slice.path("dur").asDouble();
        }
        assertThat(at).isEqualTo(8_000_000 - 500);
        assertThat(slices(trace, "bn2"))
                .extracting(slice -> slice.path("dur").asInt())
                .containsExactly(2, 24, 2, 24);
        assertThat(steps.get(0).path("pid").asInt())
                .isNotEqualTo(steps.get(1).path("pid").asInt());
    }

    @Test
    void onlyStepsThatWereAskedForAreThere() {
        assertThat(TraceFile.of(LINES, 9, 100).steps()).containsExactly(16L);
        assertThat(TraceFile.of(LINES, 1, 7).steps()).isEmpty();
    }
}
