package io.syncbn.deploy.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The summary of a finished run, from its {@code result.json}. */
public final class Summary {
    /** Events that say why there was more than one generation. */
    private static final List<String> MEMBERSHIP = List.of("lost", "evicted", "left", "damaged", "restarted");

    private Summary() {}

    public static List<String> of(RunDirectory directory) throws IOException {
        Optional<JsonLine> read = Files.exists(directory.result())
                ? JsonLine.of(RunDirectory.text(directory.result()))
                : Optional.empty();
        List<String> lines = new ArrayList<>();
        if (read.isPresent()) {
            lines.addAll(figures(read.get()));
            membership(directory).ifPresent(lines::add);
        }
        lines.addAll(places(directory));
        return lines;
    }

    private static List<String> figures(JsonLine result) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "test accuracy  %s  after %.0f steps (%.4g epochs)%s",
                known(result, "testAccuracy") ? percent(result.number("testAccuracy")) : "unknown",
                result.number("steps"),
                result.number("epochs"),
                known(result, "trainLoss")
                        ? String.format(
                                Locale.ROOT, ", train loss %.4g over the last epoch", result.number("trainLoss"))
                        : ""));
        lines.add("weights        " + result.text("weightsSha256") + " (SHA-256)");
        if (result.number("imagesPerSecond") > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "speed          %.0f images/s, %.1f ms a step, %.1f ms of it waiting for others",
                    result.number("imagesPerSecond"),
                    result.number("stepMillisMedian"),
                    result.number("syncMillisMedian")));
        }
        return lines;
    }

    /** Where everything is that the run has left. */
    private static List<String> places(RunDirectory directory) {
        List<String> lines = new ArrayList<>(List.of("run directory  " + directory.path()));
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("result", directory.result());
        directory.lastCheckpoint().ifPresent(last -> files.put("checkpoint", last));
        files.put("metrics", directory.metrics());
        files.put("events", directory.events());
        files.put("logs", directory.logs());
        files.forEach((name, file) -> {
            if (Files.exists(file)) {
                lines.add(place(name, file));
            }
        });
        lines.add(place("page", "syncbn view " + directory.path()));
        return lines;
    }

    private static String place(String name, Object where) {
        return String.format(Locale.ROOT, "  %-11s  %s", name, where);
    }

    /** A run that goes on from its last step has measured nothing. */
    private static boolean known(JsonLine result, String name) {
        return Double.isFinite(result.number(name));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    /** What happened to the membership; empty where it stayed as it was at first. */
    private static Optional<String> membership(RunDirectory directory) throws IOException {
        if (!Files.exists(directory.events())) {
            return Optional.empty();
        }
        List<String> kinds = RunDirectory.text(directory.events())
                .lines()
                .map(JsonLine::of)
                .flatMap(Optional::stream)
                .map(event -> event.text("event"))
                .toList();
        int generations = Collections.frequency(kinds, "generation");
        List<String> told = MEMBERSHIP.stream()
                .filter(kinds::contains)
                .map(kind -> kind + " " + Collections.frequency(kinds, kind))
                .toList();
        String reasons = told.isEmpty() ? "" : " (" + String.join(", ", told) + ")";
        return generations < 2
                ? Optional.empty()
                : Optional.of("membership     " + generations + " generations" + reasons);
    }
}
