package io.syncbn.deploy.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What one worker did: the parts of its steps, and its waits by layer. Not thread-safe. */
final class WorkerStory {
    private static final List<String> PARTS = List.of("load", "compute", "moments", "gradients", "commit", "update");
    private static final int MOST_SAMPLES = 8;
    /** Of which the heatmap's recent waits are, about. */
    private static final int RECENT_STEPS = 200;

    private final String name;
    private final List<Thinned> parts = new ArrayList<>();
    private final Deque<JsonNode> samples = new ArrayDeque<>();
    private final LayerSums forward = new LayerSums();
    private final LayerSums backward = new LayerSums();
    private final LayerSums recentForward = new LayerSums();
    private final LayerSums recentBackward = new LayerSums();
    private long lastStep;
    private long heardMillis;
    private long failedWrites;

    WorkerStory(String name) {
        this.name = name;
        PARTS.forEach(part -> parts.add(new Thinned()));
    }

    String name() {
        return name;
    }

    /** Wall clock of the last report; 0 without one. */
    long heardMillis() {
        return heardMillis;
    }

    long failedWrites() {
        return failedWrites;
    }

    /** The mean time of a step in a report, in milliseconds. */
    static double stepMillis(JsonNode report) {
        double sum = 0;
        for (JsonNode part : report.path("times")) {
            sum += part.asDouble();
        }
        return sum / 1000 / report.path("steps").asDouble();
    }

    /** Takes in a {@link ReportLine}. */
    void report(JsonNode report) {
        heardMillis = Math.max(heardMillis, report.path("millis").asLong());
        failedWrites = report.path("failedWrites").asLong(failedWrites);
        long step = report.path("step").asLong();
        int steps = report.path("steps").asInt();
        if (steps <= 0) {
            return;
        }
        if (step > lastStep) { // those that are repeated from a checkpoint on are in the series
            lastStep = step;
            for (int i = 0; i < PARTS.size(); i++) {
                double millis = report.path("times").path(i).asDouble() / 1000 / steps;
                parts.get(i).add(Thinned.Point.of(step, steps, millis, millis, millis));
            }
        }
        if (recentForward.hasMore(RECENT_STEPS)) {
            recentForward.fade();
            recentBackward.fade();
        }
        for (LayerSums sums : List.of(forward, recentForward)) {
            sums.add(report.path("forward"), steps);
        }
        for (LayerSums sums : List.of(backward, recentBackward)) {
            sums.add(report.path("backward"), steps);
        }
        if (report.path("sample").has("times")) {
            samples.addLast(report.path("sample"));
        }
        if (samples.size() > MOST_SAMPLES) {
            samples.removeFirst();
        }
    }

    /** @param mostPoints of each series */
    void write(ObjectNode json, int mostPoints) {
        json.put("name", name);
        ArrayNode last = json.putArray("samples");
        samples.forEach(sample -> {
            ObjectNode one = last.addObject().put("step", sample.path("step").asLong());
            one.set("times", sample.path("times"));
        });
        ObjectNode developed = json.putObject("parts");
        List<Thinned> thinned =
                parts.stream().map(series -> series.thinnedTo(mostPoints)).toList();
        ArrayNode steps = developed.putArray("step");
        thinned.get(0).points().forEach(point -> steps.add(point.last()));
        for (int i = 0; i < PARTS.size(); i++) {
            Numbers.put(developed.putArray(PARTS.get(i)), thinned.get(i).each(Thinned.Point::mean));
        }
        ObjectNode waits = json.putObject("waits");
        forward.write(waits.putArray("forward"));
        backward.write(waits.putArray("backward"));
        recentForward.write(waits.putArray("recentForward"));
        recentBackward.write(waits.putArray("recentBackward"));
    }
}
