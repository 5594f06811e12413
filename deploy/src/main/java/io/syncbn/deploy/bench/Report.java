package io.syncbn.deploy.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Every single figure of a series, with what it was measured on. */
public final class Report {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private Report() {}

    /** @param settings by name */
    public static String json(Map<String, String> settings, Results results) {
        ObjectNode report = Json.object();
        report.putObject("machine")
                .put("processor", processor())
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        ObjectNode given = report.putObject("settings");
        settings.forEach(given::put);
        ArrayNode all = report.putArray("results");
        results.all().forEach(all::add);
        ArrayNode failures = report.putArray("failures");
        results.failures().forEach(failures::add);
        return Json.pages(report);
    }

    /** The processor's name on Linux; elsewhere its architecture. */
    private static String processor() {
        try {
            return Files.readAllLines(PROCESSORS).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseGet(() -> System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
