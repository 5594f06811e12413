package io.syncbn.proto.net;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;

/** Answers one request of a client, then closes the connection. A request's body is not read. */
final class MetricsPage extends SimpleChannelInboundHandler<HttpObject> {
    static final String PATH = "/metrics";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    private final String who;
    private final PrometheusMeterRegistry registry;
    private boolean isAnswered;

    MetricsPage(String who, PrometheusMeterRegistry registry) {
        this.who = who;
        this.registry = registry;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext client, HttpObject part) {
        if (part instanceof HttpRequest request && !isAnswered) {
            isAnswered = true;
            boolean isHead = request.method().equals(HttpMethod.HEAD);
            client.writeAndFlush(answer(request, isHead)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private FullHttpResponse answer(HttpRequest request, boolean isHead) {
        if (request.decoderResult().isFailure()) {
            return answer(HttpResponseStatus.BAD_REQUEST, PLAIN_TEXT, "this is no HTTP request\n", false);
        }
        if (!isHead && !request.method().equals(HttpMethod.GET)) {
            return answer(HttpResponseStatus.METHOD_NOT_ALLOWED, PLAIN_TEXT, "metrics are to be got\n", false);
        }
        return switch (new QueryStringDecoder(request.uri()).path()) {
            case PATH -> answer(HttpResponseStatus.OK, PROMETHEUS_TEXT, registry.scrape(), isHead);
            case "/" ->
                answer(
                        HttpResponseStatus.OK,
                        PLAIN_TEXT,
                        who + ": metrics for Prometheus are at " + PATH + "\n",
                        isHead);
            default ->
                answer(HttpResponseStatus.NOT_FOUND, PLAIN_TEXT, "nothing here; metrics are at " + PATH + "\n", isHead);
        };
    }

    private static FullHttpResponse answer(HttpResponseStatus status, String type, String text, boolean isHead) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        FullHttpResponse answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, isHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return answer;
    }

    /** A client that disconnects, or sends something unreadable, loses only its own connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext client, Throwable failure) {
        client.close();
    }
}
