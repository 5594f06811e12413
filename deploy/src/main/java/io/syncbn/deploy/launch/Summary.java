package io.syncbn.deploy.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a finished run came to, from its {@code result.json}. */
public final class Summary {
    private Summary() {}

    public static List<String> of(RunDirectory directory) throws IOException {
        Optional<Metrics> read =
                Files.exists(directory.result()) ? Metrics.of(Files.readString(directory.result())) : Optional.empty();
        if (read.isEmpty()) {
            return List.of("run directory  " + directory.path());
        }
        Metrics result = read.get();
        return List.of(
                String.format(
                        Locale.ROOT,
                        "test accuracy  %.2f %%  after %.0f steps (%.4g epochs), train loss %.4g",
                        100 * result.number("testAccuracy"),
                        result.number("steps"),
                        result.number("epochs"),
                        result.number("trainLoss")),
                "weights        " + result.text("weightsSha256") + " (SHA-256)",
                String.format(
                        Locale.ROOT,
                        "speed          %.0f images/s, %.1f ms a step, %.1f ms of it waiting for others",
                        result.number("imagesPerSecond"),
                        result.number("stepMillisMedian"),
                        result.number("syncMillisMedian")),
                "run directory  " + directory.path());
    }
}
