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
 * The connections of a server that are not yet known to be a worker's. Whoever can reach a port can send anything to
 * it, so this bounds the memory that all {@linkplain Guest guests} together can make the server hold, in bytes as they
 * come from the socket, before any of them is parsed: a guest may send few bytes and stay a short time, and the number
 * of guests is limited; one more evicts the oldest. Belongs to the event loop of the servers.
 */
public final class Guests {
    /** A worker makes one call per connection. */
    private static final int MOST_CALLS = 8;

    private final ConnectionLimit<Guest> crowd;
    private final Consumer<String> turnedAway;
    /** The guest whose bytes are being read. */
    private Guest present;

    /**
     * @param most largest number at a time: above that of connections that workers may be making, and health probes
     * @param turnedAway receives a message for each guest that was closed
     */
    public Guests(int most, Consumer<String> turnedAway) {
        crowd = new ConnectionLimit<>(most);
        this.turnedAway = turnedAway;
    }

    /** Makes every connection of a server, which is not built yet, begin as a guest. */
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
