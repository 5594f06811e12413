package io.syncbn.proto.net;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** What memory this process has, read whenever somebody asks. */
public final class MemoryMetrics {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private MemoryMetrics() {}

    /** Adds the gauges, in bytes. */
    public static void register(MeterRegistry registry, List<Tag> tags) {
        Runtime runtime = Runtime.getRuntime();
        gauge(registry, "resident", "memory of the process; NaN where it is unknown", tags, MemoryMetrics::resident);
        gauge(
                registry,
                "heap.used",
                "Java heap in use, garbage included",
                tags,
                () -> runtime.totalMemory() - runtime.freeMemory());
        gauge(registry, "heap.limit", "most that the Java heap may grow to", tags, runtime::maxMemory);
    }

    private static void gauge(
            MeterRegistry registry, String name, String help, List<Tag> tags, Supplier<Number> value) {
        Gauge.builder("syncbn.memory." + name, value)
                .description(help)
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
    }

    private static double resident() {
        try {
            return residentBytes(Files.readAllLines(STATUS));
        } catch (IOException e) {
            return Double.NaN; // this is no Linux
        }
    }

    static double residentBytes(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith(RESIDENT))
                .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(Double.NaN);
    }
}
