package io.syncbn.proto.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void servesTheRegistry() throws Exception {
        registry.counter("syncbn.test.things").increment(3);
        try (MetricsServer server = MetricsServer.start(0, "worker-1", registry)) {
            HttpResponse<String> metrics = get(server, "/metrics");
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            assertThat(metrics.body()).contains("syncbn_test_things_total 3.0");
            assertThat(get(server, "/").body()).isEqualTo("worker-1: metrics for Prometheus are at /metrics\n");
            assertThat(get(server, "/metricsandmore").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void saysThatThePortIsTaken() throws Exception {
        try (MetricsServer server = MetricsServer.start(0, "worker-1", registry)) {
            assertThatThrownBy(() -> MetricsServer.start(server.port(), "worker-2", registry))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("metrics cannot be served on port " + server.port());
        }
    }

    private static HttpResponse<String> get(MetricsServer server, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .timeout(Duration.ofSeconds(60))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
