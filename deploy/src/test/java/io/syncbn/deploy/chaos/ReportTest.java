package io.syncbn.deploy.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportTest {
    private final FaultOutcome killed = new FaultOutcome(Faults.of("at step 40: kill worker-2"));
    private final FaultOutcome delayed = new FaultOutcome(Faults.of("after 1 s: delay worker-1 by 20 ms for 1 s"));
    private final FaultOutcome impossible = new FaultOutcome(Faults.of("at step 50: drain worker-7"));
    private final FaultOutcome tooLate = new FaultOutcome(Faults.of("at step 999: kill coordinator"));

    private Report report() {
        killed.fired(12_300, 40);
        killed.happened("lost", "worker-2", 12_340);
        killed.committed(41, 13_540);
        delayed.fired(11_000, 30);
        delayed.committed(31, 11_050);
        impossible.failed("there is no process of worker-7");
        return Report.of(List.of(killed, delayed, impossible, tooLate), 10_000);
    }

    @Test
    void theTableTellsWhatFiredWhenAndWhatFollowed() {
        assertThat(String.join("\n", report().lines()) + "\n").isEqualTo("""
                seconds  step  fault                            noticed after                    went on after
                   1.00    30  delay worker-1 by 20 ms for 1 s  –                                0.05 (step 31)
                   2.30    40  kill worker-2                    0.04 (lost)                      1.24 (step 41)
                      –     –  drain worker-7                   there is no process of worker-7
                      –     –  kill coordinator                 the job ended before it was due
                """);
    }

    @Test
    void theFileHoldsEveryFigureAndTheVerdict() throws Exception {
        JsonNode json = new ObjectMapper().readTree(report().json(Optional.of("abc"), Optional.of("abd")));
        assertThat(json.path("equal").asBoolean(true)).isFalse();
        JsonNode fault = json.path("faults").get(1);
        assertThat(fault.path("fault").asText()).isEqualTo("at step 40: kill worker-2");
        assertThat(fault.path("kind").asText()).isEqualTo("kill");
        assertThat(fault.path("fired").asBoolean()).isTrue();
        assertThat(fault.path("firedMillis").asLong()).isEqualTo(2_300);
        assertThat(fault.path("firedStep").asLong()).isEqualTo(40);
        assertThat(fault.path("noticedMillis").asLong()).isEqualTo(2_340);
        assertThat(fault.path("noticedBy").asText()).isEqualTo("lost");
        assertThat(fault.path("wentOnStep").asLong()).isEqualTo(41);
        assertThat(fault.path("outageMillis").asLong()).isEqualTo(1_240);
        assertThat(json.path("faults").get(2).path("failure").asText()).contains("no process");
        assertThat(json.path("faults").get(3).path("fired").asBoolean(true)).isFalse();
    }

    @Test
    void withoutAReferenceThereIsNoVerdict() throws Exception {
        JsonNode json = new ObjectMapper().readTree(report().json(Optional.empty(), Optional.empty()));
        assertThat(json.has("equal")).isFalse();
        assertThat(json.path("faults")).hasSize(4);
    }
}
