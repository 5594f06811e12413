package io.syncbn.proto.net;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A process's metrics over HTTP, at {@code /metrics} in Prometheus's text format. Has one daemon thread. */
public final class MetricsServer implements AutoCloseable {
    private static final String PATH = "/metrics";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService executor;

    private MetricsServer(HttpServer server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /**
     * Begins to serve.
     *
     * @param port 0 for any that is free
     * @param who says what process this is, at {@code /}
     * @throws IOException with a message for the user if the port is taken
     */
    public static MetricsServer start(int port, String who, PrometheusMeterRegistry registry) throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(port), 0);
        } catch (BindException e) {
            throw new IOException(
                    "metrics cannot be served on port " + port + ": " + e.getMessage()
                            + "; choose another port, or 0 for any that is free",
                    e);
        }
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "metrics-http");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(executor);
        server.createContext("/", exchange -> {
            switch (exchange.getRequestURI().getPath()) {
                case PATH -> answer(exchange, 200, PROMETHEUS_TEXT, registry.scrape());
                case "/" -> answer(exchange, 200, PLAIN_TEXT, who + ": metrics for Prometheus are at " + PATH + "\n");
                default -> answer(exchange, 404, PLAIN_TEXT, "nothing here; metrics are at " + PATH + "\n");
            }
        });
        server.start();
        return new MetricsServer(server, executor);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdown();
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
