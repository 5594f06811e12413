package io.syncbn.proto.net;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.syncbn.proto.Protocol;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * gRPC over Netty with the settings that both sides must share. All callbacks run directly on the event loop that the
 * caller passes: they must not block.
 */
public final class Channels {
    /** A peer whose machine is gone closes no connection: after this long without traffic, it is pinged. */
    private static final long KEEP_ALIVE_SECONDS = 10;

    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;

    /** How long a server has been silent when the keep-alive timeout declares it dead. */
    public static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(KEEP_ALIVE_SECONDS + KEEP_ALIVE_TIMEOUT_SECONDS);

    /**
     * The shortest ping interval that a server tolerates: half of ours, so that jitter cannot make it hang up on
     * clients.
     */
    private static final long PERMITTED_KEEP_ALIVE_SECONDS = KEEP_ALIVE_SECONDS / 2;

    /** Unread bytes allowed per stream and connection: a few chunks, so that one is summed while the next arrives. */
    private static final int FLOW_CONTROL_WINDOW_BYTES = 16 * Protocol.MAX_CHUNK_BYTES;

    private Channels() {}

    /** A channel with its own connection, which is made on first use and sends keep-alive pings. */
    public static ManagedChannel open(Address server, EventLoopGroup loop) {
        return builder(server, loop)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build();
    }

    /**
     * Whether a call ended because the server did not answer a keep-alive ping. gRPC says so only in the status text.
     */
    public static boolean isSilence(Status status) {
        return String.valueOf(status.getDescription()).startsWith("Keepalive failed");
    }

    @SuppressWarnings("deprecation") // a registered resolver would serve all channels of the JVM, and get only names
    static NettyChannelBuilder builder(Address server, EventLoopGroup loop) {
        NettyChannelBuilder builder = server.isLocal()
                ? NettyChannelBuilder.forAddress(Transport.localName(server))
                        .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
                        .overrideAuthority(server.authority())
                : NettyChannelBuilder.forTarget("host")
                        .nameResolverFactory(HostResolver.factory(server))
                        .channelType(Transport.client());
        return builder.eventLoopGroup(loop)
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(Protocol.MAX_MESSAGE_BYTES)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES);
    }

    /** Connects a channel, retrying forever; completes on the channel's loop when it is connected. */
    public static CompletableFuture<Void> whenConnected(ManagedChannel channel) {
        CompletableFuture<Void> connected = new CompletableFuture<>();
        watch(channel, connected);
        return connected;
    }

    private static void watch(ManagedChannel channel, CompletableFuture<Void> connected) {
        ConnectivityState state = channel.getState(true);
        if (state == ConnectivityState.READY) {
            connected.complete(null);
        } else if (state != ConnectivityState.SHUTDOWN) {
            channel.notifyWhenStateChanged(state, () -> watch(channel, connected));
        }
    }

    /**
     * A server without services yet. It sends no keep-alive pings: a client would answer only while its loop runs, and
     * clients that must show they are alive send messages instead.
     */
    public static NettyServerBuilder server(Address bind, EventLoopGroup loop) {
        NettyServerBuilder builder = bind.isLocal()
                ? NettyServerBuilder.forAddress(Transport.localName(bind))
                        .channelType(EpollServerDomainSocketChannel.class)
                : NettyServerBuilder.forAddress(new InetSocketAddress(bind.host(), bind.port()))
                        .channelType(Transport.server());
        return builder.bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .directExecutor()
                .maxInboundMessageSize(Protocol.MAX_MESSAGE_BYTES)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .permitKeepAliveTime(PERMITTED_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
    }
}
