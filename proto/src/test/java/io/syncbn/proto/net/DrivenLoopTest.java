package io.syncbn.proto.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.ReductionGrpc;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.ReductionMethods;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class DrivenLoopTest {
    private final EventLoopGroup serverLoop = Transport.eventLoop("server");
    private Server echo;

    @BeforeEach
    void serve() throws Exception {
        echo = Channels.server(new Address("127.0.0.1", 0), serverLoop)
                .addService(ServerServiceDefinition.builder(ReductionGrpc.SERVICE_NAME)
                        .addMethod(ReductionMethods.MOMENTS, ServerCalls.asyncBidiStreamingCall(replies -> replies))
                        .build())
                .build()
                .start();
    }

    @AfterEach
    void end() {
        echo.shutdownNow();
        serverLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void theThreadThatWaitsReceives() throws Exception {
        try (DrivenLoop loop = new DrivenLoop()) {
            Echo stream = new Echo(loop, new Address("127.0.0.1", echo.getPort()));
            for (int index = 0; index < 100; index++) {
                CompletableFuture<DataFrame> reply = stream.send(index);
                loop.flush();
                loop.await(reply);
                assertThat(reply.join().header().index()).isEqualTo(index);
                assertThat(stream.receiver).isSameAs(Thread.currentThread());
            }
            stream.close();
        }
    }

    @Test
    void otherThreadsMaySendAndWaitWhileTheOwnerWaits() throws Exception {
        try (DrivenLoop loop = new DrivenLoop()) {
            Echo stream = new Echo(loop, new Address("127.0.0.1", echo.getPort()));
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
                for (int index = 0; index < 100; index++) {
                    CompletableFuture<DataFrame> reply = stream.send(index);
                    loop.flush();
                    assertThat(reply.join().header().index()).isEqualTo(index);
                }
            });
            other.whenComplete((done, failure) -> loop.wake());
            loop.await(other);
            other.join();
            stream.close();
        }
    }

    @Test
    void nobodyThereIsToldAfterTheGivenTime() throws Exception {
        Address address = new Address("127.0.0.1", echo.getPort());
        echo.shutdownNow().awaitTermination();
        try (DrivenLoop loop = new DrivenLoop()) {
            ManagedChannel channel = loop.open(address);
            assertThat(loop.awaitConnected(channel, Duration.ofMillis(200))).isFalse();
            loop.close(channel, Duration.ofSeconds(1));
        }
    }

    @Test
    void anInterruptedOwnerStopsWaiting() {
        try (DrivenLoop loop = new DrivenLoop()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> loop.await(new CompletableFuture<>())).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void wakingAfterTheEndDoesNothing() throws Exception {
        DrivenLoop loop = new DrivenLoop();
        loop.close();
        CompletableFuture.runAsync(loop::wake).get(120, TimeUnit.SECONDS);
    }

    /** A stream whose frames come back. */
    private static final class Echo implements StreamObserver<DataFrame> {
        private final DrivenLoop loop;
        private final ManagedChannel channel;
        private final StreamObserver<DataFrame> out;
        private volatile CompletableFuture<DataFrame> reply;
        private volatile Thread receiver;

        Echo(DrivenLoop loop, Address server) throws InterruptedException {
            this.loop = loop;
            channel = loop.open(server);
            assertThat(loop.awaitConnected(channel, Duration.ofSeconds(120))).isTrue();
            out = ClientCalls.asyncBidiStreamingCall(
                    channel.newCall(ReductionMethods.MOMENTS, CallOptions.DEFAULT), this);
        }

        CompletableFuture<DataFrame> send(int index) {
            CompletableFuture<DataFrame> sent = new CompletableFuture<>();
            reply = sent;
            FrameHeader header = new FrameHeader(1, 1, SumKind.MOMENTS_FORWARD, index, 0, new Node(0, 0), 1);
            out.onNext(DataFrame.of(header, new double[] {index}));
            return sent;
        }

        void close() {
            out.onCompleted();
            loop.close(channel, Duration.ofSeconds(120));
        }

        @Override
        public void onNext(DataFrame frame) {
            receiver = Thread.currentThread();
            reply.complete(frame);
        }

        @Override
        public void onError(Throwable failure) {
            reply.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            // The test ends the stream itself.
        }
    }
}
