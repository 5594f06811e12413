package io.syncbn.proto.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;

/** The choice of Netty's transport: epoll where its native library loads, the JDK's selector elsewhere. */
public final class Transport {
    private static final boolean IS_EPOLL = Epoll.isAvailable();

    static {
        TransportLog.quieten();
    }

    private Transport() {}

    /** An event loop on a daemon thread of its own. */
    public static EventLoopGroup eventLoop(String threadName) {
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(threadName, true), ioHandlers());
    }

    /**
     * Whether local sockets are available: Linux has them in a namespace apart from files, where they vanish with their
     * server.
     */
    public static boolean hasLocal() {
        return IS_EPOLL;
    }

    /**
     * Unique, because the port is unique and both belong to the same network namespace. The leading NUL means it is no
     * file.
     */
    static DomainSocketAddress localName(Address address) {
        return new DomainSocketAddress("\0syncbn " + address.authority());
    }

    static IoHandlerFactory ioHandlers() {
        return IS_EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    public static Class<? extends Channel> client() {
        return IS_EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** A server socket of the kind that this address needs. */
    static ServerChannel newServer(Address bind) {
        if (bind.isLocal()) {
            return new EpollServerDomainSocketChannel();
        }
        return IS_EPOLL ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    }

    public static Class<? extends ServerChannel> server() {
        return IS_EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }
}
