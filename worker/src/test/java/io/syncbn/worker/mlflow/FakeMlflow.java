package io.syncbn.worker.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A tracking server with the rules of MLflow's REST API 2.0, as far as a training speaks to it. */
public final class FakeMlflow implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How it answers. */
    public enum Mood {
        WELL,
        /** Status 500 and a page. */
        FAILING,
        /** No answer. */
        HANGING,
        /** The head of an answer, and nothing behind it. */
        HANGING_IN_THE_BODY
    }

    /** A value of a metric. */
    public record Point(double value, long timestamp, long step) {}

    /** What the server knows of a run. */
    public static final class Run {
        public final String experiment;
        public final String name;
        public final Map<String, String> parameters = new TreeMap<>();
        public final Map<String, String> tags = new TreeMap<>();
        public final Map<String, List<Point>> metrics = new TreeMap<>();
        public final Map<String, byte[]> artifacts = new TreeMap<>();
        public String status = "RUNNING";
        public boolean isDeleted;

        Run(String experiment, String name) {
            this.experiment = experiment;
            this.name = name;
        }
    }

    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int status;
        final String code;

        Refusal(int status, String code, String message) {
            super(message);
            this.status = status;
            this.code = code;
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<String, String> experiments = new LinkedHashMap<>();
    private final Map<String, Run> runs = new LinkedHashMap<>();
    private final List<String> requests = new ArrayList<>();
    private volatile Mood mood = Mood.WELL;

    public FakeMlflow() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    public void mood(Mood next) {
        mood = next;
    }

    public synchronized Map<String, Run> runs() {
        return new LinkedHashMap<>(runs);
    }

    public synchronized List<String> experiments() {
        return List.copyOf(experiments.keySet());
    }

    /** Methods and paths, in their order. */
    public synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Mood now = mood;
        synchronized (this) {
            requests.add(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
        }
        if (now == Mood.HANGING || now == Mood.HANGING_IN_THE_BODY) {
            if (now == Mood.HANGING_IN_THE_BODY) {
                exchange.sendResponseHeaders(200, 100);
                exchange.getResponseBody().flush();
            }
            awaitEnd();
            exchange.close();
            return;
        }
        if (now == Mood.FAILING) {
            send(exchange, 500, "<html>Internal Server Error</html>");
            return;
        }
        try {
            send(exchange, 200, handle(exchange, body).toString());
        } catch (Refusal e) {
            ObjectNode error = JSON.createObjectNode().put("error_code", e.code).put("message", e.getMessage());
            send(exchange, e.status, error.toString());
        }
    }

    private void awaitEnd() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized JsonNode handle(HttpExchange exchange, byte[] body) throws IOException {
        String path =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        String artifacts = "PUT /api/2.0/mlflow-artifacts/artifacts/";
        if (path.startsWith(artifacts)) {
            String[] parts = path.substring(artifacts.length()).split("/", 4);
            run(parts[1]).artifacts.put(parts[3], body);
            return JSON.createObjectNode();
        }
        JsonNode json = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
        return switch (path.replace("/api/2.0/mlflow/", "")) {
            case "GET experiments/get-by-name" -> experimentOfName(query(exchange, "experiment_name"));
            case "POST experiments/create" -> createExperiment(json.path("name").asText());
            case "POST runs/create" -> createRun(json);
            case "GET runs/get" -> shown(query(exchange, "run_id"));
            case "POST runs/update" -> update(json);
            case "POST runs/log-batch" -> log(json);
            default -> throw new Refusal(404, "ENDPOINT_NOT_FOUND", path);
        };
    }

    private static String query(HttpExchange exchange, String name) {
        for (String pair : exchange.getRequestURI().getRawQuery().split("&")) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        throw invalid("Missing value for required parameter '" + name + "'");
    }

    private static Refusal invalid(String message) {
        return new Refusal(400, "INVALID_PARAMETER_VALUE", message);
    }

    private JsonNode experimentOfName(String name) {
        if (!experiments.containsKey(name)) {
            throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "Could not find experiment with name '" + name + "'");
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("experiment")
                .put("experiment_id", experiments.get(name))
                .put("name", name);
        return answer;
    }

    private JsonNode createExperiment(String name) {
        if (experiments.putIfAbsent(name, Integer.toString(experiments.size() + 1)) != null) {
            throw new Refusal(400, "RESOURCE_ALREADY_EXISTS", "Experiment '" + name + "' already exists.");
        }
        return JSON.createObjectNode().put("experiment_id", experiments.get(name));
    }

    private JsonNode createRun(JsonNode json) {
        String experiment = json.path("experiment_id").asText();
        if (!experiments.containsValue(experiment)) {
            throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "No Experiment with id=" + experiment + " exists");
        }
        String id = "run" + (runs.size() + 1);
        runs.put(id, new Run(experiment, json.path("run_name").asText()));
        return shown(id);
    }

    private Run run(String id) {
        if (!runs.containsKey(id)) {
            throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "Run with id=" + id + " not found");
        }
        return runs.get(id);
    }

    private JsonNode shown(String id) {
        Run run = run(id);
        ObjectNode answer = JSON.createObjectNode();
        ObjectNode shown = answer.putObject("run");
        shown.putObject("info")
                .put("run_id", id)
                .put("status", run.status)
                .put("lifecycle_stage", run.isDeleted ? "deleted" : "active")
                .put("artifact_uri", "mlflow-artifacts:/" + run.experiment + "/" + id + "/artifacts");
        ArrayNode metrics = shown.putObject("data").putArray("metrics");
        run.metrics.forEach((key, points) -> {
            Point last = points.stream()
                    .max((a, b) -> Long.compare(a.step(), b.step()))
                    .orElseThrow();
            metrics.addObject().put("key", key).put("value", last.value()).put("step", last.step());
        });
        ArrayNode parameters = ((ObjectNode) shown.path("data")).putArray("params");
        run.parameters.forEach(
                (key, value) -> parameters.addObject().put("key", key).put("value", value));
        return answer;
    }

    private JsonNode update(JsonNode json) {
        run(json.path("run_id").asText()).status = json.path("status").asText();
        return JSON.createObjectNode();
    }

    private JsonNode log(JsonNode json) {
        Run run = run(json.path("run_id").asText());
        if (run.isDeleted) {
            throw invalid("The run must be in the 'active' state");
        }
        JsonNode metrics = json.path("metrics");
        JsonNode parameters = json.path("params");
        if (json.toString().length() > 1_000_000) {
            throw invalid("Batched logging API requests must be at most 1000000 bytes");
        }
        if (metrics.size() > 1000
                || parameters.size() > 100
                || json.path("tags").size() > 100) {
            throw invalid("A batch logging request can contain at most 1000 metrics, 100 params, 100 tags");
        }
        for (JsonNode metric : metrics) {
            String key = metric.path("key").asText();
            if (!key.matches("[/\\w.\\- ]{1,250}") || !metric.path("value").isNumber()) {
                throw invalid("Got invalid metric " + metric);
            }
            run.metrics
                    .computeIfAbsent(key, name -> new ArrayList<>())
                    .add(new Point(
                            metric.path("value").asDouble(),
                            metric.path("timestamp").asLong(),
                            metric.path("step").asLong()));
        }
        for (JsonNode parameter : parameters) {
            String key = parameter.path("key").asText();
            String value = parameter.path("value").asText();
            String before = run.parameters.putIfAbsent(key, value);
            if (value.length() > 250 || before != null && !before.equals(value)) {
                throw invalid("Changing param values is not allowed. Param with key='" + key + "' was already logged");
            }
        }
        json.path("tags")
                .forEach(tag ->
                        run.tags.put(tag.path("key").asText(), tag.path("value").asText()));
        return JSON.createObjectNode();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
