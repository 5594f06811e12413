package io.syncbn.deploy.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.syncbn.deploy.launch.JsonLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Steps of a run as a trace in the format of Chrome's (Trace Event Format), which Perfetto opens: workers are processes, the
 * parts of a step and its waits by normalization layer are slices.
 *
 * <p>Durations are measured; when in a step a layer's wait took place is not known, so that a step's slices stand one after
 * the other. Times are those at which the coordinator heard of a step, by its clock.
 */
public final class TraceFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PARTS = List.of("load", "compute", "moments", "gradients", "commit", "update");
    private static final int STEPS_ROW = 1;
    private static final int PARTS_ROW = 2;
    private static final int FORWARD_ROW = 3;
    private static final int BACKWARD_ROW = 4;
    private static final Map<Integer, String> ROWS = Map.of(
            STEPS_ROW, "steps",
            PARTS_ROW, "parts",
            FORWARD_ROW, "waits for moments, forward",
            BACKWARD_ROW, "waits for moments, backward");

    private final ObjectNode json = JSON.createObjectNode();
    private final ArrayNode events = json.putArray("traceEvents");
    private final Map<String, Integer> processes = new LinkedHashMap<>();
    private final TreeSet<Long> steps = new TreeSet<>();
    private final List<String> layers = new ArrayList<>();

    private TraceFile() {}

    /**
     * Makes a trace.
     *
     * @param lines of workers.jsonl
     * @param first step
     * @param last step
     */
    public static TraceFile of(List<JsonLine> lines, long first, long last) {
        TraceFile trace = new TraceFile();
        lines.forEach(line -> trace.name(line.values().path("layers")));
        for (JsonLine line : lines) {
            long step = line.values().path("sample").path("step").asLong();
            if (step >= first && step <= last && step > 0) {
                trace.add(line.values());
            }
        }
        trace.json.put("displayTimeUnit", "ms");
        return trace;
    }

    /** The steps that it shows: those of which workers reported more than sums. */
    public TreeSet<Long> steps() {
        return new TreeSet<>(steps);
    }

    /** The file's text. */
    public String text() {
        return json.toString();
    }

    private void name(JsonNode names) {
        int at = names.path("first").asInt();
        for (JsonNode name : names.path("names")) {
            if (at++ == layers.size()) {
                layers.add(name.asText());
            }
        }
    }

    private void add(JsonNode line) {
        JsonNode sample = line.path("sample");
        long step = sample.path("step").asLong();
        int process = process(line.path("worker").asText());
        double micros = 0;
        for (JsonNode part : sample.path("times")) {
            micros += part.asDouble();
        }
        double begin =
                line.path("millis").asDouble() * 1000 - sample.path("age").asDouble() - micros;
        steps.add(step);
        slice("step " + step, process, STEPS_ROW, begin, micros)
                .putObject("args")
                .put("generation", line.path("generation").asLong());
        double at = begin;
        for (int i = 0; i < PARTS.size(); i++) {
            double part = sample.path("times").path(i).asDouble();
            slice(PARTS.get(i), process, PARTS_ROW, at, part);
            at += part;
        }
        int layersAWait = Math.max(1, line.path("layersAWait").asInt());
        waits(sample.path("forward"), layersAWait, process, FORWARD_ROW, begin);
        waits(sample.path("backward"), layersAWait, process, BACKWARD_ROW, begin);
    }

    private void waits(JsonNode waits, int layersAWait, int process, int row, double begin) {
        double at = begin;
        for (int i = 0; i < waits.size(); i++) {
            int layer = i * layersAWait;
            String name = layer < layers.size() ? layers.get(layer) : "layer " + layer;
            slice(name, process, row, at, waits.path(i).asDouble());
            at += waits.path(i).asDouble();
        }
    }

    private int process(String worker) {
        return processes.computeIfAbsent(worker, name -> {
            int number = processes.size() + 1;
            ObjectNode named = events.addObject()
                    .put("ph", "M")
                    .put("name", "process_name")
                    .put("pid", number);
            named.putObject("args").put("name", name);
            ROWS.forEach((row, text) -> {
                ObjectNode thread = events.addObject()
                        .put("ph", "M")
                        .put("name", "thread_name")
                        .put("pid", number)
                        .put("tid", row);
                thread.putObject("args").put("name", text);
            });
            return number;
        });
    }

    private ObjectNode slice(String name, int process, int row, double begin, double micros) {
        return events.addObject()
                .put("ph", "X")
                .put("name", name)
                .put("pid", process)
                .put("tid", row)
                .put("ts", begin)
                .put("dur", micros);
    }
}
