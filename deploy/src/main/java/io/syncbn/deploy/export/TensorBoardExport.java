package io.syncbn.deploy.export;

import io.syncbn.deploy.launch.JsonLine;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.deploy.settings.JobFile;
import io.syncbn.deploy.settings.RunSettings;
import io.syncbn.deploy.settings.SettingsReader;
import io.syncbn.deploy.settings.UsageException;
import io.syncbn.proto.job.JobParser;
import io.syncbn.worker.checkpoint.Checkpoint;
import io.syncbn.worker.checkpoint.CheckpointException;
import io.syncbn.worker.record.RunHistory;
import io.syncbn.worker.tensorboard.LayerTags;
import io.syncbn.worker.tensorboard.RunEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A run's files as TensorBoard's. */
public final class TensorBoardExport {
    private TensorBoardExport() {}

    /**
     * Writes event files.
     *
     * @param run finished, or under way: then up to its last line
     * @param warnings told of checkpoints that cannot be read
     * @return number of steps
     */
    public static long write(RunDirectory run, Path directory, Consumer<String> warnings) throws IOException {
        List<JsonLine> lines = lines(run.metrics());
        WallTimes times = new WallTimes(
                events(run), lines, Files.getLastModifiedTime(run.metrics()).toMillis());
        long steps = 0;
        try (RunEvents events = new RunEvents(directory, settings(run), 0)) {
            for (JsonLine line : lines) {
                long step = (long) line.number("step");
                events.line(line.values(), times.millisAfter(step));
                steps = Math.max(steps, step);
            }
            for (Path checkpoint : run.everyCheckpoint()) {
                histograms(checkpoint, events, times, warnings);
            }
            if (Files.exists(run.result())) {
                events.done(steps, times.millisAfter(steps));
            }
        }
        return steps;
    }

    private static Map<String, String> settings(RunDirectory run) {
        List<String> problems = new ArrayList<>();
        Map<String, String> texts = JobFile.read(run.job(), SettingsReader.names(RunSettings.IN_FILES), problems);
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        return JobParser.parse(texts, 1).settings();
    }

    private static List<JsonLine> lines(Path file) throws IOException {
        return RunHistory.texts(file).stream()
                .map(JsonLine::of)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Those of the run's earlier attempts first. */
    private static List<JsonLine> events(RunDirectory run) throws IOException {
        List<JsonLine> events = new ArrayList<>();
        for (Path file : run.everyEvents()) {
            events.addAll(lines(file));
        }
        return events;
    }

    private static void histograms(Path checkpoint, RunEvents events, WallTimes times, Consumer<String> warnings)
            throws IOException {
        Checkpoint opened;
        try {
            opened = Checkpoint.open(checkpoint);
        } catch (CheckpointException e) { // damaged, or deleted by the run meanwhile
            warnings.accept("without histograms of " + checkpoint + ": " + e.getMessage());
            return;
        }
        Map<String, float[]> numbers = new LinkedHashMap<>();
        opened.model().tensors().forEach((name, tensor) -> LayerTags.ofStored(
                        name, tensor.spec().dimensions())
                .ifPresent(tag -> numbers.put(tag, tensor.floats())));
        long step = opened.info().step();
        events.histograms(step, numbers, times.millisAfter(step));
    }
}
