package io.syncbn.worker.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run in MLflow: parameters, metrics, tags and artifacts. A job has one, whichever worker speaks for it. Not
 * thread-safe. All methods throw {@link MlflowException}.
 */
public final class MlflowRun {
    /** Limits of the API, for one request. */
    public static final int MOST_METRICS = 1000;

    static final int MOST_PARAMETERS = 100;

    /** Longest text of a parameter that servers of any release take; 1.28 and later ones take longer ones. */
    static final int MOST_CHARACTERS = 250;

    private static final String RUN_ID = "run_id";

    private final MlflowServer server;
    private final String id;
    private final String artifacts;
    private final Map<String, Long> lastSteps = new HashMap<>();
    private final List<String> parameters = new ArrayList<>();

    /**
     * Where a new run belongs.
     *
     * @param experiment made if there is none of this name
     * @param name for people
     * @param startMillis since 1970
     */
    public record Place(String experiment, String name, long startMillis) {}

    /**
     * A value of a metric.
     *
     * @param value finite
     * @param millis since 1970
     */
    public record Metric(String key, double value, long millis, long step) {}

    private MlflowRun(MlflowServer server, JsonNode run) {
        this.server = server;
        id = run.path("info").path(RUN_ID).asText();
        artifacts = run.path("info").path("artifact_uri").asText();
        run.path("data")
                .path("metrics")
                .forEach(metric -> lastSteps.put(
                        metric.path("key").asText(), metric.path("step").asLong()));
        run.path("data")
                .path("params")
                .forEach(parameter -> parameters.add(parameter.path("key").asText()));
    }

    /** A run that is there already, which goes on; empty if the server does not know it, or has deleted it. */
    public static Optional<MlflowRun> find(MlflowServer server, String id) {
        try {
            JsonNode run = server.get("runs/get", RUN_ID, id).path("run");
            if (!run.path("info").path("lifecycle_stage").asText().equals("active")) {
                return Optional.empty();
            }
            MlflowRun found = new MlflowRun(server, run);
            found.update(object().put("status", "RUNNING"));
            return Optional.of(found);
        } catch (MlflowException e) {
            if (e.isUnknown()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A new run. */
    public static MlflowRun create(MlflowServer server, Place place) {
        ObjectNode body = object();
        body.put("experiment_id", experiment(server, place.experiment()));
        body.put("run_name", place.name());
        body.put("start_time", place.startMillis());
        return new MlflowRun(server, server.post("runs/create", body).path("run"));
    }

    private static String experiment(MlflowServer server, String name) {
        try {
            return experimentOfName(server, name);
        } catch (MlflowException e) {
            if (!e.isUnknown()) {
                throw e;
            }
        }
        try {
            return server.post("experiments/create", object().put("name", name))
                    .path("experiment_id")
                    .asText();
        } catch (MlflowException e) {
            if (!e.isThereAlready()) {
                throw e;
            }
            return experimentOfName(server, name); // another job was faster
        }
    }

    private static String experimentOfName(MlflowServer server, String name) {
        return server.get("experiments/get-by-name", "experiment_name", name)
                .path("experiment")
                .path("experiment_id")
                .asText();
    }

    public String id() {
        return id;
    }

    /** The last step of each metric that the run had when this object was made. */
    public Map<String, Long> lastSteps() {
        return Map.copyOf(lastSteps);
    }

    /** Logs parameters that are not empty and that the run does not have yet: the server refuses other values. Long ones are cut. */
    public void parameters(Map<String, String> values) {
        List<ObjectNode> left = new ArrayList<>();
        values.forEach((key, value) -> {
            if (!value.isEmpty() && !parameters.contains(key)) {
                left.add(text(key, value.substring(0, Math.min(value.length(), MOST_CHARACTERS))));
            }
        });
        for (int from = 0; from < left.size(); from += MOST_PARAMETERS) {
            log("params", left.subList(from, Math.min(from + MOST_PARAMETERS, left.size())));
        }
    }

    /** Sets tags, fewer than 100. */
    public void tags(Map<String, String> values) {
        List<ObjectNode> tags = new ArrayList<>();
        values.forEach((key, value) -> tags.add(text(key, value)));
        log("tags", tags);
    }

    /** Logs metrics, at most {@value #MOST_METRICS}. */
    public void metrics(List<Metric> metrics) {
        log(
                "metrics",
                metrics.stream()
                        .map(metric -> object().put("key", metric.key())
                                .put("value", metric.value())
                                .put("timestamp", metric.millis())
                                .put("step", metric.step()))
                        .toList());
    }

    /** The job is done. */
    public void finished(long millis) {
        update(object().put("status", "FINISHED").put("end_time", millis));
    }

    /** The job is over without a result; it may go on later. */
    public void ended(boolean hasFailed, long millis) {
        update(object().put("status", hasFailed ? "FAILED" : "KILLED").put("end_time", millis));
    }

    /** Whether files go through the server; otherwise they belong where only its own clients can write. */
    public boolean takesArtifacts() {
        return artifacts.startsWith("mlflow-artifacts:");
    }

    /** Stores a file with the run. */
    public void artifact(String name, byte[] content) {
        server.put(URI.create(artifacts).getRawPath() + "/" + name, content);
    }

    private void log(String what, List<ObjectNode> values) {
        ObjectNode body = object().put(RUN_ID, id);
        ArrayNode array = body.putArray(what);
        values.forEach(array::add);
        server.post("runs/log-batch", body);
    }

    private void update(ObjectNode body) {
        server.post("runs/update", body.put(RUN_ID, id));
    }

    private static ObjectNode text(String key, String value) {
        return object().put("key", key).put("value", value);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
