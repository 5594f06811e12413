package io.syncbn.proto.net;

import java.util.List;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What gRPC and Netty say in the log. Whoever sends a server nonsense makes them print stack traces, again and again: a line
 * says as much, and a few a minute are enough. Also they warn of what is meant to be so.
 */
final class TransportLog {
    private static final String BOOTSTRAP = "io.netty.bootstrap.";

    /** Held here, because otherwise they would be collected, and their filters with them. */
    private static final List<Logger> FILTERED = Stream.of(
                    "io.grpc.netty.NettyServerHandler",
                    "io.grpc.netty.NettyServerTransport",
                    "io.grpc.netty.NettyServerTransport.connections",
                    "io.grpc.netty.NettyServerStream",
                    "io.grpc.internal.AbstractServerStream",
                    "io.grpc.internal.MessageDeframer",
                    "io.grpc.internal.ServerCallImpl",
                    "io.grpc.internal.ServerImpl",
                    "io.grpc.internal.SerializingExecutor",
                    "io.netty.channel.ChannelInitializer",
                    "io.netty.channel.DefaultChannelPipeline",
                    "io.netty.channel.AbstractChannelHandlerContext",
                    BOOTSTRAP + "Bootstrap",
                    BOOTSTRAP + "ServerBootstrap")
            .map(Logger::getLogger)
            .peek(logger -> logger.setFilter(new OneLine()))
            .toList();

    private TransportLog() {}

    /** Has the filters in place from here on. */
    static void quieten() {
        // The class is loaded, and that is all.
    }

    private static final class OneLine implements Filter {
        private final RateLimit seldom = new RateLimit();

        @Override
        public synchronized boolean isLoggable(LogRecord line) {
            // gRPC asks every channel for SO_KEEPALIVE, and Netty warns of each that has none, as local sockets have
            // not.
            if (String.valueOf(line.getMessage()).contains("SO_KEEPALIVE")) {
                return false;
            }
            long nowNanos = System.nanoTime();
            seldom.minuteOver(nowNanos);
            Throwable thrown = line.getThrown();
            if (thrown != null) {
                line.setMessage(line.getMessage() + ": " + thrown);
                line.setThrown(null);
                return seldom.isLetThrough(nowNanos);
            }
            return true;
        }
    }
}
