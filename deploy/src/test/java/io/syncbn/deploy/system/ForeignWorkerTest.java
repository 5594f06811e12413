package io.syncbn.deploy.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.coordinator.CoordinatorProcess;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that do not belong to the job, or do not keep to the protocol. */
@Timeout(300)
class ForeignWorkerTest {
    @TempDir
    private Path temporary;

    private final Job job = JobParser.parse(Map.of("shards", "2", "steps", "10"), 2);
    private Path events;
    private CoordinatorProcess coordinator;
    private Address address;

    @BeforeEach
    void listen() throws Exception {
        events = temporary.resolve("events.jsonl");
        coordinator = Cluster.coordinator(job, 2, Optional.of(events));
        address = new Address("127.0.0.1", coordinator.port());
    }

    @AfterEach
    void end() {
        coordinator.close();
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
        try (HandmadeWorker first = new HandmadeWorker(address);
                HandmadeWorker second = new HandmadeWorker(address)) {
            first.join(introduction("worker-0"));
            awaitJoined("worker-0");
            assertRefused(
                    introduction("stranger").setDataDigest("other"),
                    "stranger's data differs from worker-0's: other, expected data");
            assertRefused(
                    introduction("stranger").setStateDigest("other"),
                    "stranger's state of model and optimizer after step 0 differs from worker-0's: other, expected state");
            second.join(introduction("worker-1"));
            assertThat(second.plan().getFirstShard()).isEqualTo(1);
            assertThat(first.plan().getFirstShard()).isZero();
        }
    }

    @Test
    void thatSendsTooLargeAMessageEndsTheGenerationAndNothingOfItIsAdded() throws Exception {
        try (HandmadeWorker first = new HandmadeWorker(address);
                HandmadeWorker second = new HandmadeWorker(address)) {
            first.join(introduction("worker-0"));
            second.join(introduction("worker-1"));
            Plan plan = first.plan();
            assertThat(second.plan().getGeneration()).isEqualTo(plan.getGeneration());
            double[] tooMany = new double[Protocol.MAX_MESSAGE_BYTES / Double.BYTES + 1];
            FrameHeader header =
                    new FrameHeader(plan.getGeneration(), 1, SumKind.MOMENTS_FORWARD, 0, 0, new Node(0, 0), 1);
            first.moments(plan).onNext(DataFrame.of(header, tooMany));

            assertThat(first.plan().getGeneration()).isEqualTo(plan.getGeneration() + 1);
            assertThat(second.plan().getGeneration()).isEqualTo(plan.getGeneration() + 1);
        }
    }

    /** Whoever comes first decides which data is right, and messages of two connections may overtake each other. */
    private void awaitJoined(String name) throws InterruptedException {
        Syncbn.await(
                name + " has joined", Syncbn.PATIENCE, () -> Syncbn.text(events).contains(name + " joined"));
    }

    private void assertRefused(Join.Builder introduction, String reason) throws InterruptedException {
        try (HandmadeWorker worker = new HandmadeWorker(address)) {
            worker.join(introduction);
            assertThat(worker.next().getRefused().getReason()).contains(reason);
        }
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
