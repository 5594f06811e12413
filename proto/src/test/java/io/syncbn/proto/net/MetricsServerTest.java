package io.syncbn.proto.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void servesTheRegistry() throws Exception {
        registry.counter("syncbn.test.things").increment(3);
        try (MetricsServer server = MetricsServer.start(new Address("127.0.0.1", 0), "worker-1", registry)) {
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
    void clientsThatNeverEndTheirQuestionKeepNobodyWaiting() throws Exception {
        registry.counter("syncbn.test.things").increment(3);
        try (MetricsServer server = MetricsServer.start(new Address("127.0.0.1", 0), "worker-1", registry)) {
            List<Socket> slow = new ArrayList<>();
            try {
                for (int i = 0; i < 200; i++) {
                    slow.add(ask(server, ""));
                }
                slow.add(ask(server, "GET /met"));
                slow.add(ask(server, "GET /metrics HTTP/1.1\r\nHost: "));
                slow.add(ask(server, "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"));
                assertThat(get(server, "/metrics").body()).contains("syncbn_test_things_total 3.0");
                assertThat(isClosed(slow.get(0)))
                        .as("the oldest makes room for newer ones")
                        .isTrue();
            } finally {
                for (Socket socket : slow) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void whatIsNotToBeGotIsRefusedAtOnce() throws Exception {
        try (MetricsServer server = MetricsServer.start(new Address("127.0.0.1", 0), "worker-1", registry);
                Socket post = ask(server, "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")) {
            assertThat(firstLine(post)).isEqualTo("HTTP/1.1 405 Method Not Allowed");
        }
    }

    @Test
    void whatIsNoRequestIsAnsweredAsSuch() throws Exception {
        try (MetricsServer server = MetricsServer.start(new Address("127.0.0.1", 0), "worker-1", registry)) {
            for (String garbage :
                    List.of("\u0000\u0001 \r\n\r\n", "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\n\r\n")) {
                try (Socket socket = ask(server, garbage)) {
                    assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 400 Bad Request");
                }
            }
            assertThat(get(server, "/").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void listensWhereItIsToldAndSaysSo() throws Exception {
        try (MetricsServer server = MetricsServer.start(new Address("127.0.0.2", 0), "worker-1", registry)) {
            assertThat(server.url())
                    .isEqualTo("http://127.0.0.2:" + server.address().port() + "/metrics");
            assertThatThrownBy(() -> new Socket("127.0.0.1", server.address().port()).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    private static Socket ask(MetricsServer server, String text) throws IOException {
        Socket socket = new Socket(server.address().host(), server.address().port());
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static String firstLine(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
                .readLine();
    }

    private static boolean isClosed(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true; // reset
        }
    }

    @Test
    void saysThatThePortIsTaken() throws Exception {
        try (MetricsServer server = MetricsServer.start(new Address("127.0.0.1", 0), "worker-1", registry)) {
            assertThatThrownBy(() -> MetricsServer.start(server.address(), "worker-2", registry))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("metrics cannot be served on " + server.address());
        }
    }

    private static HttpResponse<String> get(MetricsServer server, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .timeout(Duration.ofSeconds(60))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
