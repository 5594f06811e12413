package io.syncbn.proto.net;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A process's metrics over HTTP, at {@code /metrics} in Prometheus's text format. Has one daemon thread, which never
 * waits for a client: a slow or endless request holds a little memory for a while, but delays nobody.
 */
public final class MetricsServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 64;
    /** Lifetime of a connection: those who scrape metrics time out earlier. */
    private static final long MOST_SECONDS = 30;

    private static final int LONGEST_LINE_BYTES = 1024;
    private static final int LONGEST_HEADERS_BYTES = 8192;
    private static final int LONGEST_CHUNK_BYTES = 1024;

    private final EventLoopGroup loop;
    private final Channel listening;
    private final Address address;

    private MetricsServer(EventLoopGroup loop, Channel listening, String host) {
        this.loop = loop;
        this.listening = listening;
        address = new Address(host, ((InetSocketAddress) listening.localAddress()).getPort());
    }

    /**
     * Starts serving.
     *
     * @param bind where; port 0 for any that is free
     * @param who what process this is, shown at {@code /}
     * @throws IOException with a message for the user if it cannot
     */
    public static MetricsServer start(Address bind, String who, PrometheusMeterRegistry registry) throws IOException {
        EventLoopGroup loop = Transport.eventLoop("metrics-http");
        ConnectionLimit<Channel> crowd = new ConnectionLimit<>(MOST_CONNECTIONS);
        ServerBootstrap server = new ServerBootstrap()
                .group(loop)
                .channel(Transport.server())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        crowd.add(client).ifPresent(Channel::close);
                        client.closeFuture().addListener(closed -> crowd.remove(client));
                        client.eventLoop().schedule(() -> client.close(), MOST_SECONDS, TimeUnit.SECONDS);
                        client.pipeline()
                                .addLast(new HttpServerCodec(
                                        LONGEST_LINE_BYTES, LONGEST_HEADERS_BYTES, LONGEST_CHUNK_BYTES))
                                .addLast(new MetricsPage(who, registry));
                    }
                });
        try {
            Channel listening = server.bind(new InetSocketAddress(bind.host(), bind.port()))
                    .sync()
                    .channel();
            return new MetricsServer(loop, listening, bind.host());
        } catch (InterruptedException e) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (Exception e) { // bind throws an IOException undeclared; or the host is unknown
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException(
                    "metrics cannot be served on " + bind + ": " + e.getMessage()
                            + "; choose another port, or 0 for any that is free",
                    e);
        }
    }

    /** Where it listens. */
    public Address address() {
        return address;
    }

    /** The page's URL, for people and Prometheus. */
    public String url() {
        return "http://" + address + MetricsPage.PATH;
    }

    @Override
    public void close() {
        listening.close();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
