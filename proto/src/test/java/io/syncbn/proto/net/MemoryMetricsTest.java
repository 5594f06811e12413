package io.syncbn.proto.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryMetricsTest {

    @Test
    void residentMemoryIsReadAsLinuxWritesIt() {
        assertThat(MemoryMetrics.residentBytes(List.of("VmHWM:\t  900 kB", "VmRSS:\t  512 kB", "RssAnon:\t 3 kB")))
                .isEqualTo(524_288);
        assertThat(MemoryMetrics.residentBytes(List.of("Name:\tjava"))).isNaN();
    }

    @Test
    void theHeapIsThisProcesss() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        MemoryMetrics.register(registry, List.of(Tag.of("worker", "w")));
        double used = registry.get("syncbn.memory.heap.used")
                .tag("worker", "w")
                .gauge()
                .value();
        assertThat(used)
                .isBetween(1e5, registry.get("syncbn.memory.heap.limit").gauge().value());
        assertThat(registry.get("syncbn.memory.heap.limit").gauge().value())
                .isEqualTo(Runtime.getRuntime().maxMemory());
    }
}
