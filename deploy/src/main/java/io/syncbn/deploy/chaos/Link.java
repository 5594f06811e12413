package io.syncbn.deploy.chaos;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Transport;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * A proxy between a worker and the coordinator: a port of this machine whose traffic is forwarded in both directions,
 * as two {@link TrafficShaper}s let it through. Thread-safe; methods take effect before they return.
 */
final class Link implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final EventLoopGroup loop;
    private final TrafficShaper up = new TrafficShaper();
    private final TrafficShaper down = new TrafficShaper();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel listener;

    /** @param loop of one thread, to which all links may belong */
    Link(EventLoopGroup loop, Address coordinator) {
        this.loop = loop;
        Bootstrap onward = new Bootstrap()
                .group(loop)
                .channel(Transport.client())
                .option(ChannelOption.TCP_NODELAY, true)
                .remoteAddress(new InetSocketAddress(coordinator.host(), coordinator.port()));
        listener = new ServerBootstrap()
                .group(loop)
                .channel(Transport.server())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        connect(accepted, onward.clone());
                    }
                })
                .bind(HOST, 0)
                .syncUninterruptibly()
                .channel();
    }

    private void connect(Channel accepted, Bootstrap onward) {
        Pipe upPipe = new Pipe(up);
        Pipe downPipe = new Pipe(down);
        accepted.pipeline().addLast(upPipe);
        connections.add(accepted);
        ChannelFuture connected = onward.handler(downPipe).connect();
        connected.addListener(done -> {
            if (done.isSuccess()) {
                connections.add(connected.channel());
                upPipe.leadTo(connected.channel(), downPipe);
                downPipe.leadTo(accepted, upPipe);
            } else {
                upPipe.close();
                downPipe.close();
            }
        });
    }

    /** Where the worker is to connect. */
    Address address() {
        return new Address(HOST, ((InetSocketAddress) listener.localAddress()).getPort());
    }

    void impose(LinkDirection way, Condition condition) {
        each(way, lane -> lane.impose(condition));
    }

    void lift(LinkDirection way, Condition condition) {
        each(way, lane -> lane.lift(condition));
    }

    /** Changes a byte of the next piece that is large enough, in each direction of the way. */
    void corruptNext(LinkDirection way) {
        each(way, TrafficShaper::corruptNext);
    }

    /** Drops the next piece that is large enough, in each direction of the way. */
    void dropNext(LinkDirection way) {
        each(way, TrafficShaper::dropNext);
    }

    /** Closes all connections, as a machine does that reboots. */
    void reset() {
        connections.close().syncUninterruptibly();
    }

    private void each(LinkDirection way, Consumer<TrafficShaper> action) {
        loop.submit(() -> {
                    if (way.includes(LinkDirection.UP)) {
                        action.accept(up);
                    }
                    if (way.includes(LinkDirection.DOWN)) {
                        action.accept(down);
                    }
                })
                .syncUninterruptibly();
    }

    @Override
    public void close() {
        listener.close();
        connections.close();
    }
}
