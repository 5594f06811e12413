package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A real Prometheus, as a process. */
final class Prometheus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path log;
    private final String url;

    private Prometheus(Process process, Path log, String url) {
        this.process = process;
        this.log = log;
        this.url = url;
    }

    /** @param config beside which it keeps what it has */
    static Prometheus start(Path program, Path config) throws IOException {
        String address;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "127.0.0.1:" + free.getLocalPort();
        }
        Path log = config.resolveSibling("prometheus.log");
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + config.resolveSibling("data"),
                        "--web.listen-address=" + address)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Prometheus(process, log, "http://" + address);
    }

    /**
     * Waits until a query has data.
     *
     * @param mayBeUnknown whether NaN is data too
     */
    void awaitData(String query, boolean mayBeUnknown) throws InterruptedException {
        Syncbn.await("data of " + query, Syncbn.PATIENCE, () -> hasData(query, mayBeUnknown) || hasEnded());
    }

    private boolean hasEnded() {
        assertThat(process.isAlive())
                .as("Prometheus lives; it said: %s", Syncbn.text(log))
                .isTrue();
        return false;
    }

    private boolean hasData(String query, boolean mayBeUnknown) {
        try {
            JsonNode found = ask(query);
            if (found.path("status").asText().equals("error")) {
                throw new AssertionError(query + ": " + found.path("error").asText());
            }
            JsonNode series = found.path("data").path("result");
            for (JsonNode one : series) {
                double value =
                        Double.parseDouble(one.path("value").path(1).asText().replace("Inf", "Infinity"));
                if (!Double.isFinite(value) && !mayBeUnknown) {
                    return false;
                }
            }
            return !series.isEmpty();
        } catch (IOException e) {
            return false; // it does not listen yet
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Fails if Prometheus cannot read a query. */
    void check(String query) throws IOException, InterruptedException {
        assertThat(ask(query).path("status").asText()).as(query).isEqualTo("success");
    }

    private JsonNode ask(String query) throws IOException, InterruptedException {
        return JSON.readTree(get(url + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)));
    }

    static String get(String address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .timeout(Syncbn.PATIENCE)
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        return response.body();
    }

    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
