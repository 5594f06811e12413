package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.JsonNode;
import io.syncbn.deploy.launch.JsonLine;
import io.syncbn.deploy.launch.JsonLines;
import io.syncbn.deploy.launch.RunDirectory;
import io.syncbn.proto.job.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The story of a run as its directory tells it, finished or not. Not thread-safe. */
final class RunFollower implements PageSource {
    private final Path run;
    private final RunDirectory directory;
    private final Story story;
    private final JsonLines metrics;
    /** Of all attempts at the run, in their order. */
    private final Map<Path, JsonLines> events = new LinkedHashMap<>();

    private final JsonLines workers;
    private final FaultsFile faults;
    private boolean hasResult;

    /** @param run directory, which need not have any of a run's files yet */
    RunFollower(Path run, Job job) {
        this(run, new Story(run.toString(), job));
    }

    RunFollower(Path run, Story story) {
        this.run = run;
        this.directory = new RunDirectory(run);
        this.story = story;
        this.metrics = JsonLines.ofAll(directory.metrics());
        directory.everyEvents().forEach(file -> events.put(file, JsonLines.ofAll(file)));
        events.computeIfAbsent(directory.events(), JsonLines::ofAll);
        this.workers = JsonLines.ofAll(directory.workers());
        this.faults = new FaultsFile(directory.chaos());
    }

    @Override
    public Story story() {
        return story;
    }

    /** Metrics first: they have every step, reports only means of several. */
    @Override
    public void refresh() {
        read(metrics, directory.metrics(), story::metrics);
        read(workers, directory.workers(), story::report);
        events.forEach((file, lines) -> read(lines, file, story::event));
        hasResult = hasResult || object(directory.result()).map(this::result).isPresent();
        faults.refresh(story);
    }

    private void read(JsonLines lines, Path file, Consumer<JsonNode> taker) {
        lines.readAll(line -> taker.accept(line.values()));
        if (lines.unreadable() > 0) {
            story.unreadable(file.getFileName().toString(), lines.unreadable());
        }
    }

    private JsonLine result(JsonLine line) {
        story.result(line.values());
        return line;
    }

    /** What a file holds that is one object; empty if it is not there, or half written. */
    static Optional<JsonLine> object(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return JsonLine.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String lines(String file, String place) {
        return RunLines.near(run, file, place);
    }
}
