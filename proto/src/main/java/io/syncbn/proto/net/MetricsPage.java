package io.syncbn.proto.net;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;

/** A process's metrics, in Prometheus's text format. */
final class MetricsPage extends HttpAnswers {
    static final String PATH = "/metrics";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final String who;
    private final PrometheusMeterRegistry registry;

    MetricsPage(String who, PrometheusMeterRegistry registry) {
        super("metrics");
        this.who = who;
        this.registry = registry;
    }

    @Override
    protected void get(ChannelHandlerContext client, QueryStringDecoder request) {
        switch (request.path()) {
            case PATH -> answer(client, HttpResponseStatus.OK, PROMETHEUS_TEXT, registry.scrape());
            case "/" ->
                answer(
                        client,
                        HttpResponseStatus.OK,
                        PLAIN_TEXT,
                        who + ": metrics for Prometheus are at " + PATH + "\n");
            default -> nothingHere(client, PATH);
        }
    }
}
