package io.syncbn.proto.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.ReductionGrpc;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.ReductionMethods;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ChannelsTest {

    @Test
    void framesCrossALoopbackConnectionUnchanged() throws Exception {
        framesCross(new Address("127.0.0.1", 0));
    }

    @Test
    void framesCrossALocalSocketUnchanged() throws Exception {
        Assumptions.assumeTrue(Transport.hasLocal());
        framesCross(new Address("test-" + ProcessHandle.current().pid(), 1).local());
    }

    /** What {@code https.proxyHost} among Java's flags does. */
    @Test
    void noProxyStandsBetweenProcessesOfAJob() throws Exception {
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(ProxySelector.of(new InetSocketAddress("127.0.0.1", 1)));
        try {
            framesCrossALoopbackConnectionUnchanged();
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    private static void framesCross(Address bind) throws Exception {
        EventLoopGroup serverLoop = Transport.eventLoop("server");
        EventLoopGroup clientLoop = Transport.eventLoop("client");
        Server server = Channels.server(bind, serverLoop)
                .addService(ServerServiceDefinition.builder(ReductionGrpc.SERVICE_NAME)
                        .addMethod(ReductionMethods.GRADIENTS, ServerCalls.asyncBidiStreamingCall(replies -> replies))
                        .build())
                .build()
                .start();
        ManagedChannel channel =
                Channels.open(bind.isLocal() ? bind : new Address(bind.host(), server.getPort()), clientLoop);
        try {
            BlockingQueue<DataFrame> replies = new LinkedBlockingQueue<>();
            StreamObserver<DataFrame> stream = ClientCalls.asyncBidiStreamingCall(
                    channel.newCall(ReductionMethods.GRADIENTS, io.grpc.CallOptions.DEFAULT), collector(replies));
            float[] chunk = new float[64 * 1024];
            for (int i = 0; i < chunk.length; i++) {
                chunk[i] = i / 3f;
            }
            for (int index = 0; index < 5; index++) {
                stream.onNext(
                        DataFrame.of(new FrameHeader(1, 1, SumKind.GRADIENTS, index, 0, new Node(0, 1), 5), chunk));
            }
            for (int index = 0; index < 5; index++) {
                DataFrame reply = replies.poll(120, TimeUnit.SECONDS);
                assertThat(reply).isNotNull();
                assertThat(reply.header().index()).isEqualTo(index);
                assertThat(reply.floats()).isEqualTo(chunk);
            }
            stream.onCompleted();
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
            assertThat(server.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
            serverLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            clientLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    @Test
    void theNativeTransportLoadsWhereItIsShipped() {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "the native transport is shipped for Linux on x86-64 only");
        assertThat(Epoll.isAvailable()).as("%s", Epoll.unavailabilityCause()).isTrue();
    }

    private static StreamObserver<DataFrame> collector(BlockingQueue<DataFrame> frames) {
        return new StreamObserver<>() {
            @Override
            public void onNext(DataFrame frame) {
                frames.add(frame);
            }

            @Override
            public void onError(Throwable failure) {
                // The test ends the stream itself, or misses a frame.
            }

            @Override
            public void onCompleted() {
                // As above.
            }
        };
    }
}
