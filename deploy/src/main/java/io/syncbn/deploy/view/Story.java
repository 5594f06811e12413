package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that the page shows of one run; its size has a bound, however long the run is. Not thread-safe. */
final class Story {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_WORKERS = 256;
    private static final int MOST_LAYERS = 10_000;
    /** Of the parts of steps, over all workers: a page must stay small enough to be sent every second. */
    private static final int MOST_POINTS = 3200;

    private static final int FEWEST_POINTS = 40;
    /** Far longer than a job is silent that lives. */
    private static final long SILENCE_MILLIS = 120_000;

    private final String name;
    private final Job job;
    private final Curves curves = new Curves();
    private final Happenings happenings = new Happenings();
    private final Digests digests = new Digests();
    private final Map<String, WorkerStory> workers = new LinkedHashMap<>();
    private final List<String> layers = new ArrayList<>();
    private final Map<String, Long> unreadable = new LinkedHashMap<>();
    private int layersAWait = 1;
    private JsonNode result;

    /** @param name of the run */
    Story(String name, Job job) {
        this.name = name;
        this.job = job;
    }

    String name() {
        return name;
    }

    /** A line of metrics.jsonl. */
    void metrics(JsonNode line) {
        curves.line(line);
    }

    /** A line of events.jsonl. */
    void event(JsonNode line) {
        happenings.event(line);
    }

    /** A line of workers.jsonl: a {@link ReportLine}. */
    void report(JsonNode line) {
        String worker = line.path("worker").asText();
        digests.add(worker, line.path("digests"));
        workers.computeIfAbsent(worker, WorkerStory::new).report(line);
        if (workers.size() > MOST_WORKERS) {
            workers.remove(longestSilent());
        }
        double millis = WorkerStory.stepMillis(line);
        line.path("curve").forEach(point -> curves.point(point, millis, globalBatch()));
        line.path("scores").forEach(curves::scores);
        layers(line.path("layers"));
        layersAWait = line.path("layersAWait").asInt(layersAWait);
    }

    private String longestSilent() {
        return Collections.min(workers.values(), Comparator.comparingLong(WorkerStory::heardMillis))
                .name();
    }

    private int globalBatch() {
        return job.batches().batch() * job.batches().shards();
    }

    private void layers(JsonNode names) {
        int at = names.path("first").asInt();
        for (JsonNode each : names.path("names")) {
            if (at == layers.size() && at < MOST_LAYERS) {
                layers.add(each.asText());
            }
            at++;
        }
    }

    /** All faults that were caused on purpose, as chaos.json has them. */
    void faults(JsonNode faults) {
        happenings.faults(faults);
    }

    /** The content of result.json. */
    void result(JsonNode content) {
        result = content;
    }

    /** Says how many lines of a file could not be read. */
    void unreadable(String file, long lines) {
        unreadable.put(file, lines);
    }

    boolean isOver() {
        return happenings.isOver() || result != null;
    }

    /**
     * The page's data.
     *
     * @param nowMillis wall clock
     */
    ObjectNode json(long nowMillis) {
        ObjectNode json = JSON.createObjectNode().put("name", name).put("fingerprint", Fingerprint.of(job));
        ObjectNode settings = json.putObject("settings");
        job.settings().forEach(settings::put);
        happenings.write(json);
        if (result != null) {
            json.put("state", "done");
            json.set("result", result);
        }
        json.put("step", curves.lastStep());
        progress(json);
        curves.write(json);
        ArrayNode names = json.putArray("layers");
        layers.forEach(names::add);
        json.put("layersAWait", layersAWait);
        ArrayNode crew = json.putArray("workers");
        int points = Math.max(FEWEST_POINTS, MOST_POINTS / Math.max(1, workers.size()));
        workers.values().forEach(worker -> worker.write(crew.addObject(), points));
        digests.write(json);
        alarms(json.putArray("alarms"), nowMillis);
        return json;
    }

    private void progress(ObjectNode json) {
        double epoch = curves.lastEpoch();
        Job.Length length = job.batches().length();
        double steps = length.steps() > 0
                ? length.steps()
                : epoch > 0 ? Math.rint(curves.lastStep() / epoch * length.epochs()) : Double.NaN;
        double millis = curves.recent("stepMillis");
        put(json, "epoch", epoch);
        put(json, "steps", steps);
        put(json, "stepMillis", millis);
        put(json, "imagesPerSecond", curves.recent("imagesPerSecond"));
        if (!isOver()) {
            put(json, "secondsLeft", Math.max(0, steps - curves.lastStep()) * millis / 1000);
        }
    }

    private static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        }
    }

    private void alarms(ArrayNode alarms, long nowMillis) {
        long silentMillis = nowMillis
                - workers.values().stream()
                        .mapToLong(WorkerStory::heardMillis)
                        .max()
                        .orElse(nowMillis);
        if (!isOver() && silentMillis > SILENCE_MILLIS) {
            alarms.add("no worker has reported for "
                    + Duration.ofMillis(silentMillis).toMinutes() + " min: the job may have ended without saying so");
        }
        happenings.alarms(alarms::add);
        if (digests.differ()) {
            alarms.add("replicas differ: see their digests");
        }
        if (curves.skipped() > 0) {
            alarms.add(curves.skipped() + " steps were left out, because of numbers that were not finite");
        }
        workers.values().stream()
                .filter(worker -> worker.failedWrites() > 0)
                .forEach(worker -> alarms.add(worker.name() + " could not write something of the run, "
                        + worker.failedWrites() + " times: see its log"));
        unreadable.forEach((file, lines) -> alarms.add(
                lines + (lines == 1 ? " line of " : " lines of ") + file + " cannot be read, and is not shown here"));
    }
}
