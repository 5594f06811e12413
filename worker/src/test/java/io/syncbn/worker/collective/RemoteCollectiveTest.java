package io.syncbn.worker.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.Transport;
import io.syncbn.proto.sums.Chunk;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.ReductionGrpc;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.ReductionMethods;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker with two of four shards against a coordinator by hand, over real connections. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RemoteCollectiveTest {
    private static final long GENERATION = 3;
    private static final Node ROOT = new Node(2, 0);

    private final EventLoopGroup loop = Transport.eventLoop("by-hand");
    private final BlockingQueue<DataFrame> came = new LinkedBlockingQueue<>();
    private final CompletableFuture<StreamObserver<DataFrame>> moments = new CompletableFuture<>();
    private final CompletableFuture<StreamObserver<DataFrame>> gradients = new CompletableFuture<>();
    private final List<String> broken = new ArrayList<>();
    private Server server;

    @BeforeEach
    void serve() throws Exception {
        server = Channels.server(new Address("127.0.0.1", 0), loop)
                .addService(ServerServiceDefinition.builder(ReductionGrpc.SERVICE_NAME)
                        .addMethod(ReductionMethods.MOMENTS, ServerCalls.asyncBidiStreamingCall(out -> {
                            moments.complete(out);
                            return receiver(out);
                        }))
                        .addMethod(ReductionMethods.GRADIENTS, ServerCalls.asyncBidiStreamingCall(out -> {
                            gradients.complete(out);
                            return receiver(out);
                        }))
                        .build())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private StreamObserver<DataFrame> receiver(StreamObserver<DataFrame> out) {
        return new StreamObserver<>() {
            @Override
            public void onNext(DataFrame frame) {
                came.add(frame);
            }

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onCompleted() {
                out.onCompleted();
            }
        };
    }

    /** Shard 1 is this worker's own, shard 2 in its backup run; of the pair 0 and 1, and of 2 and 3, others have the rest. */
    private RemoteCollective open() {
        Plan plan = Plan.newBuilder()
                .setGeneration(GENERATION)
                .setWorkers(3)
                .setFirstShard(1)
                .setShardCount(1)
                .setBackupFirstShard(2)
                .setBackupShardCount(1)
                .build();
        return new RemoteCollective(
                new Address("127.0.0.1", server.getPort()), loop, plan, 4, 4, System::nanoTime, broken::add);
    }

    /** A worker that has all four shards. */
    private RemoteCollective openAlone() {
        Plan plan = Plan.newBuilder()
                .setGeneration(GENERATION)
                .setWorkers(1)
                .setShardCount(4)
                .build();
        return new RemoteCollective(
                new Address("127.0.0.1", server.getPort()), loop, plan, 4, 4, System::nanoTime, broken::add);
    }

    @Test
    void ofAWorkerThatIsAloneOnlyCommitIsSent() throws Exception {
        try (RemoteCollective sums = openAlone();
                RemoteCollective one = open()) {
            Round gradient = Round.of(SumKind.GRADIENTS, 1, 0);
            for (int shard = 0; shard < 4; shard++) {
                sums.offer(forward(1, 0), shard, new double[] {shard});
                sums.offerGradients(gradient, shard, new Chunk(new float[] {1 << shard}));
                sums.offer(Round.commit(1), shard, new double[] {10 * shard});
            }
            assertThat(sums.gradients(gradient).await().values()).containsExactly(15);
            DataFrame sent = came.take();
            assertThat(sent.header().kind()).isEqualTo(SumKind.COMMIT);
            assertThat(sent.doubles()).containsExactly(60);
            assertThat(came).isEmpty();
        }
    }

    private static DataFrame root(SumKind kind, long step, int index, double value) {
        return DataFrame.of(new FrameHeader(GENERATION, step, kind, index, 0, ROOT, 1), new double[] {value});
    }

    private static DataFrame chunk(long step, float value) {
        return DataFrame.of(new FrameHeader(GENERATION, step, SumKind.GRADIENTS, 0, 0, ROOT, 1), new float[] {value});
    }

    private static Round forward(long step, int layer) {
        return Round.of(SumKind.MOMENTS_FORWARD, step, layer);
    }

    @Test
    void bothRunsAreSentApartAndEndInTheSameSum() throws Exception {
        try (RemoteCollective sums = open()) {
            Sum<double[]> own = sums.offer(forward(1, 0), 1, new double[] {1});
            Sum<double[]> backup = sums.offer(forward(1, 0), 2, new double[] {2});
            moments.get().onNext(root(SumKind.MOMENTS_FORWARD, 1, 0, 10));
            assertThat(own.await()).containsExactly(10).isSameAs(backup.await());
            assertThat(List.of(came.take(), came.take()))
                    .extracting(frame -> frame.header().node(), frame -> frame.doubles()[0])
                    .containsExactlyInAnyOrder(tuple(new Node(0, 1), 1.0), tuple(new Node(0, 2), 2.0));
        }
        assertThat(broken).isEmpty();
    }

    /** A slow worker catches up: what has come makes its own share needless, step by step. */
    @Test
    void whoIsOvertakenTakesTheStepFromTheSums() throws Exception {
        try (RemoteCollective sums = open()) {
            Sum<double[]> waiting = sums.offer(forward(1, 1), 1, new double[] {1});
            moments.get().onNext(root(SumKind.MOMENTS_FORWARD, 1, 0, 10));
            moments.get().onNext(root(SumKind.COMMIT, 1, 0, 11));
            moments.get().onNext(root(SumKind.LAST_COMMIT, 2, 0, 12));
            // Never sent, as if it had been lost on the way: the commit says more.
            assertThatThrownBy(waiting::await).isInstanceOf(OvertakenException.class);
            assertThatThrownBy(() -> sums.offer(forward(1, 0), 1, new double[] {1}))
                    .isInstanceOf(OvertakenException.class);
            assertThatThrownBy(() ->
                            sums.offerGradients(new Round(SumKind.GRADIENTS, 1, 0, 1), 1, new Chunk(new float[1])))
                    .isInstanceOf(OvertakenException.class);
            gradients.get().onNext(chunk(1, 13));
            assertThat(sums.gradients(new Round(SumKind.GRADIENTS, 1, 0, 1))
                            .await()
                            .values())
                    .containsExactly(13);
            assertThat(sums.sum(Round.commit(1)).await()).containsExactly(11);
            assertThat(sums.endsWith(1)).isFalse();
            sums.done(1);
            assertThat(sums.doneStep()).isEqualTo(1);

            assertThat(sums.isThere(Round.commit(2))).isTrue();
            assertThat(sums.endsWith(2)).isTrue();
            assertThat(sums.isThere(Round.commit(3))).isFalse();
        }
        assertThat(came.take().header().index())
                .as("what went up before the commit was known")
                .isEqualTo(1);
        assertThat(came).isEmpty();
        assertThat(broken).isEmpty();
    }

    @Test
    void aSumThatIsThereIsSeenWithoutWaiting() throws Exception {
        try (RemoteCollective sums = open()) {
            Round evaluation = Round.of(SumKind.EVALUATION, 5, 0);
            assertThat(sums.isThere(evaluation)).isFalse();
            moments.get().onNext(root(SumKind.EVALUATION, 5, 0, 7));
            while (!sums.isThere(evaluation)) {
                Thread.onSpinWait();
            }
            assertThat(sums.sum(evaluation).await()).containsExactly(7);
            sums.offer(evaluation, 1, new double[] {1});
            assertThat(came).isEmpty();
        }
    }

    /** The generation's end: the sums of committed steps may still come, for those as well who have not done their share. */
    @Test
    void committedStepsAreTakenAfterTheEnd() throws Exception {
        try (RemoteCollective sums = open()) {
            sums.offer(forward(6, 0), 1, new double[] {1});
            sums.endAfter(6, "generation 4 begins");
            moments.get().onNext(root(SumKind.COMMIT, 6, 0, 11));
            gradients.get().onNext(chunk(6, 13));
            assertThat(sums.sum(Round.commit(6)).await()).containsExactly(11);
            assertThat(sums.gradients(new Round(SumKind.GRADIENTS, 6, 0, 1))
                            .await()
                            .values())
                    .containsExactly(13);
            assertThatThrownBy(sums.offer(forward(7, 0), 1, new double[] {1})::await)
                    .isInstanceOf(AbandonedException.class)
                    .hasMessage("generation 4 begins");
        }
    }
}
