package io.syncbn.proto.net;

import java.util.List;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Filters what gRPC and Netty log. Clients that send nonsense make them print stack traces over and over: one line says
 * as much, and a few per minute are enough. They also warn about what is intended.
 */
final class TransportLog {
    private static final String BOOTSTRAP = "io.netty.bootstrap.";

    /** Held here, because otherwise they would be garbage-collected together with their filters. */
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

    /** Installs the filters. */
    static void quieten() {
        // Loading the class has done it.
    }

    private static final class OneLine implements Filter {
        private final RateLimit seldom = new RateLimit();

        @Override
        public synchronized boolean isLoggable(LogRecord line) {
            // gRPC sets SO_KEEPALIVE on every channel, and Netty warns about each that does not support it, such as
            // local sockets.
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
