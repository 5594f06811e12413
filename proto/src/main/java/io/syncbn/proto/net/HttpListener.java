package io.syncbn.proto.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Answers HTTP requests on one daemon thread, which never waits for a client: a slow or endless request holds a little
 * memory for a while, but delays nobody.
 */
public final class HttpListener implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 64;
    private static final int LONGEST_LINE_BYTES = 1024;
    private static final int LONGEST_HEADERS_BYTES = 8192;
    private static final int LONGEST_CHUNK_BYTES = 1024;

    private final EventLoopGroup loop;
    private final Channel listening;
    private final Address address;

    private HttpListener(EventLoopGroup loop, Channel listening, String host) {
        this.loop = loop;
        this.listening = listening;
        address = new Address(host, ((InetSocketAddress) listening.localAddress()).getPort());
    }

    /**
     * Starts listening.
     *
     * @param bind where; port 0 for any that is free
     * @param what is served, for messages
     * @param answers makes the handler of a connection
     * @throws IOException with a message for the user if it cannot
     */
    public static HttpListener start(Address bind, String what, Supplier<HttpAnswers> answers) throws IOException {
        EventLoopGroup loop = Transport.eventLoop(what + "-http");
        ConnectionLimit<Channel> crowd = new ConnectionLimit<>(MOST_CONNECTIONS);
        ServerBootstrap server = new ServerBootstrap()
                .group(loop)
                .channel(Transport.server())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        crowd.add(client).ifPresent(Channel::close);
                        client.closeFuture().addListener(closed -> crowd.remove(client));
                        client.pipeline()
                                .addLast(new HttpServerCodec(
                                        LONGEST_LINE_BYTES, LONGEST_HEADERS_BYTES, LONGEST_CHUNK_BYTES))
                                .addLast(answers.get());
                    }
                });
        try {
            Channel listening = server.bind(new InetSocketAddress(bind.host(), bind.port()))
                    .sync()
                    .channel();
            return new HttpListener(loop, listening, bind.host());
        } catch (InterruptedException e) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (Exception e) { // bind throws an IOException undeclared; or the host is unknown
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException(
                    "the " + what + " cannot be served on " + bind + ": " + e.getMessage()
                            + "; choose another port, or 0 for any that is free",
                    e);
        }
    }

    /** Where it listens. */
    public Address address() {
        return address;
    }

    @Override
    public void close() {
        listening.close();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
