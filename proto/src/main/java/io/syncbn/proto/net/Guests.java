package io.syncbn.proto.net;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * The connections of a server behind which no worker is known yet. Whoever can reach a port can send anything to it, so all
 * that {@linkplain Guest guests} together can make the server hold is bounded here, in bytes as they come from the socket,
 * before anybody has looked at what they mean: a guest may send a little and stay a little, and there may be so many; one
 * more takes the place of the oldest. Belongs to the event loop of the servers.
 */
public final class Guests {
    /** A worker has one a connection. */
    private static final int MOST_CALLS = 8;

    private final ConnectionLimit<Guest> crowd;
    private final Consumer<String> turnedAway;
    /** Whose bytes are being read. */
    private Guest present;

    /**
     * @param most of them at a time: more than connections that workers may be about to make, and probes of health
     * @param turnedAway told, in words, of each that had to go
     */
    public Guests(int most, Consumer<String> turnedAway) {
        crowd = new ConnectionLimit<>(most);
        this.turnedAway = turnedAway;
    }

    /** Has every connection of a server that is yet to be built begin as a guest. */
    public NettyServerBuilder receive(NettyServerBuilder server, Address bind) {
        return server.channelFactory(() -> withDoor(Transport.newServer(bind)))
                .maxConcurrentCallsPerConnection(MOST_CALLS)
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes connection) {
                        return connection.toBuilder().set(Guest.KEY, present).build();
                    }
                });
    }

    private ServerChannel withDoor(ServerChannel server) {
        server.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object accepted) {
                Channel connection = (Channel) accepted;
                connection.pipeline().addLast(new Guest(connection, Guests.this));
                context.fireChannelRead(accepted);
            }
        });
        return server;
    }

    void came(Guest guest) {
        crowd.add(guest).ifPresent(oldest -> oldest.turnAway("newer ones needed its place"));
    }

    void went(Guest guest) {
        crowd.remove(guest);
    }

    void reads(Guest guest) {
        present = guest;
    }

    void turnedAway(Channel connection, String why) {
        String from = connection.remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress() + ":" + remote.getPort()
                : "this machine";
        turnedAway.accept("closed a connection from " + from + " that is no worker's: " + why);
    }
}
