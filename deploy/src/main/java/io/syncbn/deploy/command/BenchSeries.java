package io.syncbn.deploy.command;

import io.syncbn.deploy.bench.BenchException;
import io.syncbn.deploy.bench.Measurement;
import io.syncbn.deploy.bench.Report;
import io.syncbn.deploy.bench.Results;
import io.syncbn.deploy.bench.Series;
import io.syncbn.deploy.settings.BenchSettings;
import io.syncbn.deploy.settings.Settings;
import io.syncbn.proto.job.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Runs a series of measurements, and prints its tables and its figures. */
final class BenchSeries {
    static final int MOST_ROUNDS = 1000;
    static final int LEAST_STEPS = 10;
    static final int MOST_STEPS = 1_000_000;
    static final int MOST_WORKERS = 1 << 10;

    private BenchSeries() {}

    /**
     * Where the figures go; empty for standard output. A file that cannot be written is reported before anything is
     * measured.
     */
    static Optional<Path> jsonFile(Settings settings) {
        Optional<Path> file = settings.path(BenchSettings.JSON);
        file.map(Path::toAbsolutePath).ifPresent(path -> {
            if (Files.isDirectory(path) || !Files.isWritable(Files.exists(path) ? path : path.getParent())) {
                settings.problem("--json " + file.get() + " cannot be written");
            }
        });
        return file;
    }

    /**
     * Measures, then prints the results: those there are, if programs fail or the user interrupts.
     *
     * @param known the command's settings, which the report repeats
     * @param tables makes them of the results
     * @throws BenchException if programs failed, with what they said
     */
    static int run(
            Settings settings,
            List<Setting> known,
            List<Measurement> measurements,
            int rounds,
            Optional<Path> jsonFile,
            Function<Results, String> tables)
            throws IOException, InterruptedException {
        Series series = new Series(System.err::println);
        try (Interruption interruption = Interruption.watch(series::interrupt, series::interrupt)) {
            Results results = series.run(measurements, rounds);
            if (!results.all().isEmpty()) {
                System.out.print(tables.apply(results));
                write(Report.json(given(settings, known), results), jsonFile);
            }
            if (series.isInterrupted()) {
                return ExitCode.INTERRUPTED;
            }
            if (!results.failures().isEmpty()) {
                throw new BenchException(String.join("\n", results.failures()));
            }
            return ExitCode.DONE;
        }
    }

    private static Map<String, String> given(Settings settings, List<Setting> known) {
        Map<String, String> given = new LinkedHashMap<>();
        known.forEach(setting -> settings.text(setting).ifPresent(text -> given.put(setting.name(), text)));
        return given;
    }

    private static void write(String json, Optional<Path> file) throws IOException {
        if (file.isPresent()) {
            Files.writeString(file.get(), json + "\n");
        } else {
            System.out.println("\n```json\n" + json + "\n```");
        }
    }
}
