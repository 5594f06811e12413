package io.syncbn.worker.collective;

import io.grpc.ManagedChannel;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.DrivenLoop;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.ReductionMethods;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The data streams of a generation, each on its own connection, so that bulk data never delays the small messages that
 * every shard waits for. The small ones are sent and received by the thread that created this object, while it waits.
 */
final class DataStreams {
    /** How long connections may take to be established, and to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration END_PATIENCE = Duration.ofMillis(200);

    private final Address address;
    private final EventLoopGroup background;
    private final DrivenLoop loop = new DrivenLoop();
    private final Map<StreamKind, ManagedChannel> channels = new EnumMap<>(StreamKind.class);
    private final Map<StreamKind, DataStream> streams = new EnumMap<>(StreamKind.class);

    /** @param background runs the connections for bulk */
    DataStreams(Address address, EventLoopGroup background) {
        this.address = address;
        this.background = background;
        for (StreamKind kind : StreamKind.values()) {
            channels.put(kind, kind.isBulk() ? Channels.open(address, background) : loop.open(address));
        }
    }

    /** Waits for the connections without a thread of their own; returns why they cannot be established, or empty. */
    Optional<String> connect() {
        try {
            for (StreamKind kind : StreamKind.values()) {
                if (!kind.isBulk() && !loop.awaitConnected(channels.get(kind), PATIENCE)) {
                    return Optional.of(noAnswer());
                }
            }
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(noAnswer());
        }
    }

    private String noAnswer() {
        return "the coordinator at " + address + " does not answer any more; tried for " + PATIENCE.toSeconds() + " s";
    }

    /**
     * @param receiver called on a connection's loop
     * @param whenBroken receives the reason when a stream breaks
     */
    void open(Plan plan, Consumer<DataFrame> receiver, BiConsumer<StreamKind, String> whenBroken) {
        channels.forEach((kind, channel) -> streams.put(
                kind,
                new DataStream(
                        channel,
                        ReductionMethods.of(kind),
                        plan,
                        receiver,
                        reason -> whenBroken.accept(kind, reason))));
        loop.flush();
    }

    /** The stream that carries a kind of sum. */
    DataStream of(SumKind kind) {
        return streams.get(kind.stream());
    }

    /** Flushes pending sends at once. */
    void flush() {
        loop.flush();
    }

    /** How threads wait for what arrives on the streams. */
    Waiting waiting() {
        return Waiting.driving(loop);
    }

    /** Ends the streams, and closes the connections. */
    void close() {
        streams.values().forEach(DataStream::end);
        channels.forEach((kind, channel) -> {
            if (kind.isBulk()) {
                channel.shutdown();
                background.next().schedule(channel::shutdownNow, END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        });
        channels.forEach((kind, channel) -> {
            if (!kind.isBulk()) {
                loop.close(channel, END_PATIENCE);
            }
        });
        loop.close();
    }
}
