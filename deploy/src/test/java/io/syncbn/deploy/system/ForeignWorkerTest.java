package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.syncbn.coordinator.CoordinatorProcess;
import io.syncbn.coordinator.Outcome;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.Transport;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.ReductionMethods;
import io.syncbn.worker.collective.CoordinatorClient;
import io.syncbn.worker.collective.JobFailedException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that do not belong to the job, or do not keep to the protocol. */
@Timeout(60)
class ForeignWorkerTest {
    private final Job job = JobParser.parse(Map.of("shards", "2", "steps", "10"), 2);
    private CoordinatorProcess coordinator;
    private Address address;

    @BeforeEach
    void listen() throws Exception {
        coordinator = Cluster.coordinator(job, 2);
        address = new Address("127.0.0.1", coordinator.port());
    }

    @AfterEach
    void end() {
        coordinator.close();
    }

    @Test
    void ofAnotherJobIsRefused() {
        String other = Fingerprint.of(JobParser.parse(Map.of("shards", "2", "steps", "11"), 2));
        assertRefused(
                introduction("stranger").setFingerprint(other),
                "stranger was started with another job: its fingerprint is " + other + ", expected "
                        + Fingerprint.of(job));
    }

    @Test
    void ofAnotherProtocolIsRefused() {
        assertRefused(
                introduction("stranger").setProtocolVersion(Protocol.VERSION + 1),
                "stranger speaks version " + (Protocol.VERSION + 1) + " of the protocol, expected " + Protocol.VERSION);
    }

    @Test
    void withOtherDataOrWeightsIsRefusedAndTheRightOneJoins() {
        try (CoordinatorClient first = connect()) {
            CompletableFuture<Plan> plan = CompletableFuture.supplyAsync(
                    () -> first.join(introduction("worker-0").build()));
            assertRefused(
                    introduction("stranger").setDataDigest("other"),
                    "stranger's data differs from worker-0's: other, expected data");
            assertRefused(
                    introduction("stranger").setStateDigest("other"),
                    "stranger's state of model and optimizer differs from worker-0's: other, expected state");
            try (CoordinatorClient second = connect()) {
                assertThat(second.join(introduction("worker-1").build()).getFirstShard())
                        .isEqualTo(1);
                assertThat(plan.join().getFirstShard()).isZero();
            }
        }
    }

    @Test
    void thatSendsTooLargeAMessageFailsTheJobByName() throws Exception {
        EventLoopGroup loop = Transport.eventLoop("foreign");
        ManagedChannel channel = Channels.open(address, loop);
        try (CoordinatorClient first = connect();
                CoordinatorClient second = connect()) {
            CompletableFuture<Plan> plan = CompletableFuture.supplyAsync(
                    () -> first.join(introduction("worker-0").build()));
            second.join(introduction("worker-1").build());
            double[] tooMany = new double[Protocol.MAX_MESSAGE_BYTES / Double.BYTES + 1];
            FrameHeader header =
                    new FrameHeader(plan.join().getGeneration(), 1, Kind.MOMENTS_FORWARD, 0, 0, new Node(0, 0), 1);
            moments(channel, plan.join()).onNext(DataFrame.of(header, tooMany));

            assertThat(coordinator.awaitEnd())
                    .isInstanceOfSatisfying(Outcome.Failure.class, failure -> assertThat(failure.reason())
                            .contains("worker-0 (shard 0, host test-host, process 77) was lost"));
        } finally {
            channel.shutdownNow();
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    private static StreamObserver<DataFrame> moments(ManagedChannel channel, Plan plan) {
        Metadata headers = new Metadata();
        headers.put(ReductionMethods.WORKER, Integer.toString(plan.getWorker()));
        headers.put(ReductionMethods.GENERATION, Long.toString(plan.getGeneration()));
        return ClientCalls.asyncBidiStreamingCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                        .newCall(ReductionMethods.MOMENTS, CallOptions.DEFAULT),
                new Ignored());
    }

    private static final class Ignored implements StreamObserver<DataFrame> {
        @Override
        public void onNext(DataFrame frame) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }

    private void assertRefused(Join.Builder introduction, String reason) {
        try (CoordinatorClient client = connect()) {
            assertThatThrownBy(() -> client.join(introduction.build()))
                    .isInstanceOf(JobFailedException.class)
                    .hasMessageContaining(reason);
        }
    }

    private CoordinatorClient connect() {
        return CoordinatorClient.connect(address, Duration.ofSeconds(20));
    }

    private Join.Builder introduction(String name) {
        return Join.newBuilder()
                .setProtocolVersion(Protocol.VERSION)
                .setFingerprint(Fingerprint.of(job))
                .setDataDigest("data")
                .setStateDigest("state")
                .setName(name)
                .setHost("test-host")
                .setProcessId(77);
    }
}
