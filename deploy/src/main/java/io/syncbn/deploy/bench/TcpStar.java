package io.syncbn.deploy.bench;

import io.syncbn.proto.net.Address;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The floor of every sum through one coordinator: plain TCP sockets, no framing, one thread a process. Each worker sends a
 * vector of float32; the coordinator adds them and sends the sum to all.
 */
public final class TcpStar {
    private TcpStar() {}

    /**
     * The coordinator's part, until every size has been summed as often as the workers sum it.
     *
     * @param listener where the workers connect
     * @param rounds of a small vector; see {@link SumPlan}
     */
    public static void coordinate(ServerSocketChannel listener, int workers, List<Integer> sizes, int rounds)
            throws IOException {
        List<SocketChannel> channels = new ArrayList<>();
        try {
            for (int worker = 0; worker < workers; worker++) {
                channels.add(withoutDelay(listener.accept()));
            }
            for (int floats : sizes) {
                sum(channels, floats, SumPlan.of(floats, rounds).leftOut());
            }
            for (int floats : sizes) {
                sum(channels, floats, SumPlan.of(floats, rounds).rounds());
            }
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    private static void sum(List<SocketChannel> channels, int floats, int rounds) throws IOException {
        ByteBuffer sum = vector(floats);
        ByteBuffer part = vector(floats);
        for (int round = 0; round < rounds; round++) {
            sum(channels, sum, part);
        }
    }

    private static void sum(List<SocketChannel> channels, ByteBuffer sum, ByteBuffer part) throws IOException {
        receive(channels.get(0), sum);
        for (SocketChannel channel : channels.subList(1, channels.size())) {
            receive(channel, part);
            add(sum.asFloatBuffer(), part.asFloatBuffer());
        }
        for (SocketChannel channel : channels) {
            send(channel, sum);
        }
    }

    private static void add(FloatBuffer sum, FloatBuffer part) {
        for (int i = 0; i < sum.limit(); i++) {
            sum.put(i, sum.get(i) + part.get(i));
        }
    }

    /** A worker's part. */
    public static List<AllReduceResult> work(
            Address coordinator, int workers, List<Integer> sizes, int rounds, LongSupplier nanoClock)
            throws IOException {
        InetSocketAddress address = new InetSocketAddress(coordinator.host(), coordinator.port());
        try (SocketChannel channel = withoutDelay(SocketChannel.open(address))) {
            return AllReduceResult.measure("raw-tcp-star", sizes, workers, rounds, nanoClock, floats -> {
                ByteBuffer vector = vector(floats);
                return () -> exchange(channel, vector);
            });
        }
    }

    private static void exchange(SocketChannel channel, ByteBuffer vector) {
        try {
            send(channel, vector);
            receive(channel, vector);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SocketChannel withoutDelay(SocketChannel channel) throws IOException {
        return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    private static ByteBuffer vector(int floats) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
                .order(ByteOrder.nativeOrder());
    }

    private static void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        bytes.clear();
    }

    private static void receive(SocketChannel channel, ByteBuffer bytes) throws IOException {
        bytes.clear();
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("the other side of the star has ended");
            }
        }
        bytes.clear();
    }
}
