package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.syncbn.coordinator.CoordinatorProcess;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.Transport;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.ControlGrpc;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import io.syncbn.proto.wire.ReductionMethods;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that do not belong to the job, or do not keep to the protocol. */
@Timeout(60)
class ForeignWorkerTest {
    private final Job job = JobParser.parse(Map.of("shards", "2", "steps", "10"), 2);
    private final EventLoopGroup loop = Transport.eventLoop("foreign");
    private CoordinatorProcess coordinator;
    private ManagedChannel channel;

    @BeforeEach
    void listen() throws Exception {
        coordinator = Cluster.coordinator(job, 2);
        channel = Channels.open(new Address("127.0.0.1", coordinator.port()), loop);
    }

    @AfterEach
    void end() {
        channel.shutdownNow();
        coordinator.close();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void ofAnotherJobIsRefused() throws Exception {
        String other = Fingerprint.of(JobParser.parse(Map.of("shards", "2", "steps", "11"), 2));
        assertRefused(
                introduction("stranger").setFingerprint(other),
                "stranger was started with another job: its fingerprint is " + other + ", expected "
                        + Fingerprint.of(job));
    }

    @Test
    void ofAnotherProtocolIsRefused() throws Exception {
        assertRefused(
                introduction("stranger").setProtocolVersion(Protocol.VERSION + 1),
                "stranger speaks version " + (Protocol.VERSION + 1) + " of the protocol, expected " + Protocol.VERSION);
    }

    @Test
    void withOtherDataOrWeightsIsRefusedAndTheRightOneJoins() throws Exception {
        Attendance first = new Attendance(introduction("worker-0"));
        assertRefused(
                introduction("stranger").setDataDigest("other"),
                "stranger's data differs from worker-0's: other, expected data");
        assertRefused(
                introduction("stranger").setStateDigest("other"),
                "stranger's state of model and optimizer after step 0 differs from worker-0's: other, expected state");
        Attendance second = new Attendance(introduction("worker-1"));
        assertThat(first.plan().getFirstShard()).isZero();
        assertThat(second.plan().getFirstShard()).isEqualTo(1);
    }

    @Test
    void thatSendsTooLargeAMessageEndsTheGenerationAndNotTheJob() throws Exception {
        Attendance first = new Attendance(introduction("worker-0"));
        Attendance second = new Attendance(introduction("worker-1"));
        Plan plan = first.plan();
        assertThat(second.plan().getGeneration()).isEqualTo(plan.getGeneration());
        double[] tooMany = new double[Protocol.MAX_MESSAGE_BYTES / Double.BYTES + 1];
        FrameHeader header = new FrameHeader(plan.getGeneration(), 1, Kind.MOMENTS_FORWARD, 0, 0, new Node(0, 0), 1);
        moments(plan).onNext(DataFrame.of(header, tooMany));

        assertThat(second.plan().getGeneration()).isEqualTo(plan.getGeneration() + 1);
    }

    private StreamObserver<DataFrame> moments(Plan plan) {
        Metadata headers = new Metadata();
        headers.put(ReductionMethods.WORKER, Integer.toString(plan.getWorker()));
        headers.put(ReductionMethods.GENERATION, Long.toString(plan.getGeneration()));
        return ClientCalls.asyncBidiStreamingCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                        .newCall(ReductionMethods.MOMENTS, CallOptions.DEFAULT),
                new Inbox<>());
    }

    private void assertRefused(Join.Builder introduction, String reason) throws InterruptedException {
        assertThat(new Attendance(introduction).next().getRefused().getReason()).contains(reason);
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

    /** The control conversation of a worker that has introduced itself. */
    private final class Attendance {
        private final Inbox<ToWorker> inbox = new Inbox<>();

        Attendance(Join.Builder introduction) {
            ControlGrpc.newStub(channel)
                    .attend(inbox)
                    .onNext(FromWorker.newBuilder().setJoin(introduction).build());
        }

        ToWorker next() throws InterruptedException {
            ToWorker message = inbox.messages.poll(20, TimeUnit.SECONDS);
            assertThat(message).isNotNull();
            return message;
        }

        Plan plan() throws InterruptedException {
            ToWorker message = next();
            assertThat(message.hasPlan()).as(message.toString()).isTrue();
            return message.getPlan();
        }
    }

    private static final class Inbox<M> implements StreamObserver<M> {
        private final BlockingQueue<M> messages = new LinkedBlockingQueue<>();

        @Override
        public void onNext(M message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }
}
