package io.syncbn.proto.net;

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
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Answers one GET or HEAD, then closes the connection, unless it is a stream. A request's body is not read. Belongs to
 * the listener's thread.
 */
public abstract class HttpAnswers extends SimpleChannelInboundHandler<HttpObject> {
    public static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    /** Lifetime of a connection: those who ask time out earlier. */
    private static final long MOST_SECONDS = 30;

    private final String what;
    private boolean isAnswered;
    private boolean isHead;
    private ScheduledFuture<?> end;

    /** @param what there is to be read, for messages; plural */
    protected HttpAnswers(String what) {
        this.what = what;
    }

    /** Answers a request; by {@link #answer}, now or later, or by a stream of its own after {@link #stays}. */
    protected abstract void get(ChannelHandlerContext client, QueryStringDecoder request);

    /**
     * Whether a client that calls this server so is answered.
     *
     * @param host as the client writes it, with its port; empty if it does not say
     */
    protected boolean isOurName(String host) {
        return true;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext client) {
        end = client.executor().schedule(() -> client.close(), MOST_SECONDS, TimeUnit.SECONDS);
    }

    /** This connection may live as long as its client wants. */
    protected void stays() {
        end.cancel(false);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext client, HttpObject part) {
        if (part instanceof HttpRequest request && !isAnswered) {
            isAnswered = true;
            isHead = request.method().equals(HttpMethod.HEAD);
            if (request.decoderResult().isFailure()) {
                answer(client, HttpResponseStatus.BAD_REQUEST, PLAIN_TEXT, "this is no HTTP request\n");
            } else if (!isHead && !request.method().equals(HttpMethod.GET)) {
                answer(
                        client,
                        HttpResponseStatus.METHOD_NOT_ALLOWED,
                        PLAIN_TEXT,
                        what + " can only be read: use GET\n");
            } else if (!isOurName(request.headers().get(HttpHeaderNames.HOST, ""))) {
                answer(client, HttpResponseStatus.FORBIDDEN, PLAIN_TEXT, what + " are not for other hosts\n");
            } else {
                get(client, new QueryStringDecoder(request.uri()));
            }
        }
    }

    /** Answers, and closes the connection. */
    protected void answer(ChannelHandlerContext client, HttpResponseStatus status, String type, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        FullHttpResponse answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, isHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        client.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    /** Answers that there is nothing at this path. */
    protected void nothingHere(ChannelHandlerContext client, String where) {
        answer(client, HttpResponseStatus.NOT_FOUND, PLAIN_TEXT, "nothing here; " + what + " are at " + where + "\n");
    }

    /** A client that disconnects, or sends something unreadable, loses only its own connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext client, Throwable failure) {
        client.close();
    }
}
