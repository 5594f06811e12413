package io.syncbn.deploy.launch;

import io.syncbn.deploy.settings.SettingsReader;
import io.syncbn.proto.job.Job;
import io.syncbn.worker.record.RunLock;
import io.syncbn.worker.record.Tracking;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where a run keeps everything. */
public record RunDirectory(Path path) {
    /** Files that a run leaves which never committed a step. */
    private static final Pattern OF_A_BEGIN = Pattern.compile(
            "job\\.yaml|logs|lock|mlflow-run|targets\\.json(\\.next)?|checkpoints|metrics\\.jsonl|(events|workers)\\.jsonl(\\.\\d+)?|chaos\\.(txt|json)");

    private static final Pattern OF_NO_STEP = Pattern.compile("step-0+|\\.step-0+\\..*");

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    /** The directory of a run that was not given one: {@code runs/shapes-resnet20-20260131-120000}. */
    public static RunDirectory named(Job job, LocalDateTime now) {
        String model = job.model().name().substring(job.model().name().lastIndexOf('.') + 1);
        String data = job.data().source().format().replaceFirst("^.*[.:]", "");
        return new RunDirectory(Path.of("runs", data + "-" + model + "-" + TIME.format(now)));
    }

    /** Makes a directory of this name, or of this name and a number if another run has taken that. */
    public RunDirectory makeNew() throws IOException {
        if (path.toAbsolutePath().getParent() != null) {
            Files.createDirectories(path.toAbsolutePath().getParent());
        }
        Path free = path;
        for (int number = 2; ; number++) {
            try {
                return new RunDirectory(Files.createDirectory(free));
            } catch (FileAlreadyExistsException e) {
                free = path.resolveSibling(path.getFileName() + "-" + number);
            }
        }
    }

    /** Whether it holds nothing that a new run would mix with its own files. */
    public boolean isFree() {
        if (!Files.exists(path)) {
            return true;
        }
        return Files.isDirectory(path) && (names(path).stream().allMatch(RunLock.FILE::equals) || hasNeverTrained());
    }

    /** Whether it holds only what a run left that never committed a step. */
    private boolean hasNeverTrained() {
        return Files.isRegularFile(job())
                && Files.isDirectory(logs())
                && names(path).stream().allMatch(OF_A_BEGIN.asMatchPredicate())
                && names(checkpoints()).stream().allMatch(OF_NO_STEP.asMatchPredicate())
                && hasNoSteps();
    }

    private boolean hasNoSteps() {
        try {
            return !Files.exists(metrics()) || Files.size(metrics()) == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what a run has left that never committed a step, and another must not go on with; its logs stay. */
    public void clear() throws IOException {
        for (Path file : List.of(path.resolve(Tracking.MLFLOW_RUN_FILE), workers(), chaos())) {
            Files.deleteIfExists(file);
        }
        if (Files.isDirectory(checkpoints())) {
            try (Stream<Path> entries = Files.walk(checkpoints())) {
                for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(entry);
                }
            }
        }
    }

    public boolean isAt(Path place) {
        return path.toAbsolutePath().normalize().equals(place.toAbsolutePath().normalize());
    }

    /**
     * Makes the directory of a run that begins or resumes; moves aside the events of an earlier one, whose processes
     * are gone.
     */
    public void create(String jobYaml) throws IOException {
        Files.createDirectories(logs());
        Files.writeString(job(), jobYaml);
        if (Files.exists(events())) {
            Files.move(events(), firstFree(events()));
        }
    }

    /** Deletes the result of an earlier run of the job, if this one goes on from before its end and is to write its own. */
    public void forgetResultAfter(long step) throws IOException {
        if (Files.exists(result())
                && JsonLine.of(text(result()))
                        .filter(line -> line.number("steps") == step)
                        .isEmpty()) {
            Files.delete(result());
        }
    }

    private static Path firstFree(Path file) {
        return Stream.iterate(1, number -> number + 1)
                .map(number -> numbered(file, number))
                .filter(each -> !Files.exists(each))
                .findFirst()
                .orElseThrow();
    }

    public Path job() {
        return path.resolve(SettingsReader.JOB_YAML);
    }

    private Path checkpoints() {
        return path.resolve("checkpoints");
    }

    /** The files of events of all attempts at the run, in their order. */
    public List<Path> everyEvents() {
        List<Path> files = new ArrayList<>();
        for (int number = 1; Files.exists(numbered(events(), number)); number++) {
            files.add(numbered(events(), number));
        }
        if (Files.exists(events())) {
            files.add(events());
        }
        return files;
    }

    private static Path numbered(Path file, int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    public Path metrics() {
        return path.resolve("metrics.jsonl");
    }

    /** The coordinator's log of the membership, from which it recovers when it is started again. */
    public Path events() {
        return path.resolve("events.jsonl");
    }

    /** What the workers reported: the page of the run shows it. */
    public Path workers() {
        return path.resolve("workers.jsonl");
    }

    /** What became of the faults of {@code --chaos}. */
    public Path chaos() {
        return path.resolve("chaos.json");
    }

    /** Where its processes serve their metrics while it runs, as Prometheus's file_sd_configs take it. */
    Path targets() {
        return path.resolve("targets.json");
    }

    /** What people call the run. */
    String name() {
        return path.toAbsolutePath().normalize().getFileName().toString();
    }

    public Path result() {
        return path.resolve("result.json");
    }

    /** The text of {@code result.json}. */
    public String resultText() throws IOException {
        return text(result());
    }

    /** SHA-256 (hex) of the run's final weights. */
    public Optional<String> weightsSha256() throws IOException {
        return Files.exists(result())
                ? JsonLine.of(text(result())).map(line -> line.text("weightsSha256"))
                : Optional.empty();
    }

    /** A file's text; damaged bytes do not keep the others from being read. */
    static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    public Path log(String process) {
        return logs().resolve(process + ".log");
    }

    Path logs() {
        return path.resolve("logs");
    }

    /** The newest checkpoint. */
    public Optional<Path> lastCheckpoint() {
        return everyCheckpoint().stream().max(Comparator.naturalOrder());
    }

    /** All checkpoints, oldest first; one that is still being written has no {@code state.json}. */
    public List<Path> everyCheckpoint() {
        if (!Files.isDirectory(checkpoints())) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(checkpoints())) {
            return entries.filter(entry -> entry.getFileName().toString().matches("step-\\d+"))
                    .filter(entry -> Files.exists(entry.resolve("state.json")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
