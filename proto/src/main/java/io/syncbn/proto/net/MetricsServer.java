package io.syncbn.proto.net;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;

/** A process's metrics over HTTP, at {@code /metrics}. */
public final class MetricsServer implements AutoCloseable {
    private final HttpListener listener;

    private MetricsServer(HttpListener listener) {
        this.listener = listener;
    }

    /**
     * Starts serving.
     *
     * @param bind where; port 0 for any that is free
     * @param who what process this is, shown at {@code /}
     * @throws IOException with a message for the user if it cannot
     */
    public static MetricsServer start(Address bind, String who, PrometheusMeterRegistry registry) throws IOException {
        return new MetricsServer(HttpListener.start(bind, "metrics", () -> new MetricsPage(who, registry)));
    }

    /** Where it listens. */
    public Address address() {
        return listener.address();
    }

    /** The page's URL, for people and Prometheus. */
    public String url() {
        return "http://" + address() + MetricsPage.PATH;
    }

    @Override
    public void close() {
        listener.close();
    }
}
