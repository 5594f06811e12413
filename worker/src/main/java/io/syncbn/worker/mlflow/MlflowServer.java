package io.syncbn.worker.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Requests to a tracking server. Not thread-safe. */
public final class MlflowServer {
    /** How long an answer may take; several fit into the time that listeners have at the end of a run. */
    public static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final int HUNDREDS = 100;
    private static final int SUCCESS = 2;
    private static final int MOST_TOLD = 300;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String uri;
    private final Duration patience;
    private final HttpClient client;

    /**
     * @param uri without {@code /api}, such as {@code http://localhost:5000}
     * @param patience how long an answer may take, such as {@link #PATIENCE}
     */
    public MlflowServer(URI uri, Duration patience) {
        this.uri = uri.toString().replaceFirst("/+$", "");
        this.patience = patience;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
    }

    /**
     * Asks.
     *
     * @param method such as {@code runs/get}
     * @throws MlflowException if there is no answer, or an error
     */
    JsonNode get(String method, String name, String value) {
        String query = "?" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
        return json(send(request("/api/2.0/mlflow/" + method + query).GET()));
    }

    /** Tells; as {@link #get}. */
    JsonNode post(String method, JsonNode body) {
        return json(send(request("/api/2.0/mlflow/" + method)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))));
    }

    /**
     * Stores a file, through the server.
     *
     * @param path below the root of its artifacts, such as {@code /1/0a1b/artifacts/result.json}
     */
    void put(String path, byte[] content) {
        send(request("/api/2.0/mlflow-artifacts/artifacts" + path)
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(content)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(uri + path));
    }

    private String send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        // A request's own timeout ends with the head of the answer, whose body may never come.
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
        try {
            HttpResponse<String> response = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() / HUNDREDS != SUCCESS) {
                throw refused(request, response);
            }
            return response.body();
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new MlflowException(
                    "MLflow at " + uri + " does not answer " + request.uri().getPath() + " within "
                            + patience.toSeconds() + " s",
                    e);
        } catch (ExecutionException e) {
            throw new MlflowException("MLflow at " + uri + " cannot be reached: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MlflowException("interrupted while MLflow was asked", e);
        }
    }

    private MlflowException refused(HttpRequest request, HttpResponse<String> response) {
        JsonNode error = json(response.body());
        String body = error.path("message").asText(response.body());
        return new MlflowException(
                "MLflow at " + uri + " answers " + request.uri().getPath() + " with " + response.statusCode() + ": "
                        + body.substring(0, Math.min(body.length(), MOST_TOLD)),
                error.path("error_code").asText());
    }

    /** Something without fields for what is no JSON. */
    private static JsonNode json(String body) {
        try {
            JsonNode json = JSON.readTree(body);
            return json == null ? MissingNode.getInstance() : json;
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }
}
