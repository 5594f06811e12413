package io.syncbn.deploy.view;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.syncbn.proto.net.HttpAnswers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** One client of a {@link PageServer}: gets the page, its data as a stream of events, or lines of a run's files. */
final class PageAnswers extends HttpAnswers {
    /** Of this machine, and of the near end of a tunnel to it. */
    private static final Pattern NEAR = Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])?(:\\d+)?");

    private static final String HTML = "text/html; charset=utf-8";

    private final PageServer server;
    private ChannelHandlerContext reader;
    /** When the stream could last take more; a reader that takes nothing for long is dropped. */
    private long tookNanos;

    PageAnswers(PageServer server) {
        super("the page and its data");
        this.server = server;
    }

    /** Otherwise a web site whose name leads to this machine could read the page in the browser of somebody here. */
    @Override
    protected boolean isOurName(String host) {
        return NEAR.matcher(host).matches();
    }

    @Override
    protected void get(ChannelHandlerContext client, QueryStringDecoder request) {
        switch (request.path()) {
            case "/" -> answer(client, HttpResponseStatus.OK, HTML, server.html());
            case "/data" -> stream(client);
            case "/lines" ->
                server.lines(
                        parameter(request, "run"),
                        parameter(request, "file"),
                        parameter(request, "near"),
                        lines -> client.executor()
                                .execute(() -> answer(client, HttpResponseStatus.OK, PLAIN_TEXT, lines)));
            default -> nothingHere(client, "/");
        }
    }

    private static String parameter(QueryStringDecoder request, String name) {
        return request.parameters().getOrDefault(name, List.of("")).get(0);
    }

    /** Server-sent events: a whole picture each time, so that one that is left out is no loss. */
    private void stream(ChannelHandlerContext client) {
        reader = client;
        tookNanos = System.nanoTime();
        if (!server.add(this)) {
            answer(
                    client,
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    PLAIN_TEXT,
                    "the page is open in " + PageServer.MOST_READERS + " windows already\n");
            return;
        }
        stays();
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        HttpUtil.setTransferEncodingChunked(head, true);
        client.writeAndFlush(head); // before anything that is published: this thread sends that too
    }

    /** Sends a picture, unless the last one is still on its way; closes a connection that takes nothing. */
    void send(byte[] event, long nowNanos) {
        if (reader.channel().isWritable()) {
            tookNanos = nowNanos;
            ByteBuf buffer = Unpooled.wrappedBuffer(event);
            reader.writeAndFlush(new DefaultHttpContent(buffer));
        } else if (nowNanos - tookNanos > PageServer.SLOWEST_NANOS) {
            reader.close();
        }
    }

    /** The event of a picture. */
    static byte[] event(String json) {
        return ("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    void execute(Runnable task) {
        reader.executor().execute(task);
    }

    @Override
    public void channelInactive(ChannelHandlerContext client) throws Exception {
        server.remove(this);
        super.channelInactive(client);
    }
}
