package io.syncbn.proto.net;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.syncbn.proto.Protocol;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * gRPC over Netty with the settings that both sides need to have alike. Netty's epoll transport is used where its native
 * library loads, the JDK's selector elsewhere; gRPC chooses.
 */
public final class Channels {
    /** A peer whose machine is gone closes nothing: without traffic for so long, it is asked whether it lives. */
    private static final long KEEP_ALIVE_SECONDS = 10;

    private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;

    /** How often a client may ask: half of what ours do, so that no jitter makes a server hang up on them. */
    private static final long PERMITTED_KEEP_ALIVE_SECONDS = KEEP_ALIVE_SECONDS / 2;

    /** Unread bytes allowed per stream and connection: a few chunks, so that one is summed while the next arrives. */
    private static final int FLOW_CONTROL_WINDOW_BYTES = 16 * Protocol.MAX_CHUNK_BYTES;

    private Channels() {}

    /**
     * A channel with a connection of its own, made when first used. Callbacks run on the connection's event loop, which
     * saves a thread change per message: they must not block.
     */
    public static ManagedChannel open(Address server) {
        return NettyChannelBuilder.forAddress(server.host(), server.port())
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(Protocol.MAX_MESSAGE_BYTES)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build();
    }

    /** A server yet to be given its services. Callbacks run on event loops, as for {@link #open}. */
    public static NettyServerBuilder server(Address bind) {
        return NettyServerBuilder.forAddress(new InetSocketAddress(bind.host(), bind.port()))
                .directExecutor()
                .maxInboundMessageSize(Protocol.MAX_MESSAGE_BYTES)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .permitKeepAliveTime(PERMITTED_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
}
