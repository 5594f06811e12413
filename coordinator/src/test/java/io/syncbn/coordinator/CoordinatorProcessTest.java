package io.syncbn.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.netty.channel.EventLoopGroup;
import io.syncbn.coordinator.service.Spectator;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.Transport;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ReductionTree;
import io.syncbn.proto.tree.ShardRun;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job over gRPC: its sums, its streams, how it fails, what else the process serves. */
class CoordinatorProcessTest extends WithCoordinator {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, SHARDS})
    void sumsAreExactForEveryGroupSize(int groupSize) throws Exception {
        CoordinatorProcess coordinator = start(groupSize);
        List<FakeWorker> workers = running(coordinator);
        for (long step = 1; step <= 3; step++) {
            long committed = step;
            workers.forEach(worker -> new FakeStep(SHARDS, groupSize, committed).send(worker));
            for (FakeWorker worker : workers) {
                new FakeStep(SHARDS, groupSize, step).expectRoots(worker);
                worker.heartbeat(step);
            }
        }
        for (FakeWorker worker : workers) {
            worker.dataOf(SumKind.COMMIT).complete();
            worker.dataOf(SumKind.GRADIENTS).complete();
            assertThat(worker.dataOf(SumKind.COMMIT).end().isOk()).isTrue();
            assertThat(worker.dataOf(SumKind.GRADIENTS).end().isOk()).isTrue();
        }
        for (FakeWorker worker : workers) {
            worker.finish(3, "final");
        }
        for (FakeWorker worker : workers) {
            assertThat(worker.controlEnd().isOk()).isTrue();
        }
        assertThat(coordinator.awaitEnd()).isEqualTo(new Outcome.Success(3, "final"));
    }

    @Test
    void bulkFlowsBothWaysWhileNobodyReads() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        int chunks = 48;
        for (int chunk = 0; chunk < chunks; chunk++) {
            for (FakeWorker worker : workers) {
                FrameHeader header = new FrameHeader(1, 1, SumKind.GRADIENTS, chunk, 0, new Node(0, 0), chunks);
                float[] values = new float[Protocol.MAX_CHUNK_BYTES / Float.BYTES];
                Arrays.fill(values, chunk);
                ShardRun run = new ShardRun(
                        worker.plan().getFirstShard(), worker.plan().getShardCount());
                for (Node node : new ReductionTree(SHARDS).cover(run.first(), run.count())) {
                    worker.send(DataFrame.of(header.at(node), values));
                }
            }
        }
        for (FakeWorker worker : workers) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                DataFrame root = worker.dataOf(SumKind.GRADIENTS).next();
                assertThat(root.floats()[7]).isEqualTo(6f * root.header().index());
            }
        }
    }

    @Test
    void aFrameOfAnEarlierGenerationIsNotAdded() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        FakeWorker late = workers.get(1);
        late.send(DataFrame.of(
                new FrameHeader(
                        0, 1, SumKind.COMMIT, 0, 0, new Node(0, late.plan().getFirstShard()), 1),
                new double[] {1, 1}));
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(0));
        assertThat(metrics(coordinator)).contains("syncbn_coordinator_frames_ignored_total 1.0");
    }

    @Test
    void aStreamOfAnotherGenerationIsRefusedAndHarmsNobody() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        FakeWorker.Data old = workers.get(0).openMoments(9);
        Status status = old.end();
        assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(status.getDescription())
                .isEqualTo("worker 0's stream of moments is of generation 9, expected 1 (RUNNING)");
        old.shutDown();
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(0));
    }

    @Test
    void aWorkerOfAnotherJobIsRefused() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        FakeWorker stranger = worker("worker-0", coordinator).join("another");
        assertThat(stranger.nextControl().getRefused().getReason())
                .isEqualTo("worker-0 was started with another job: its fingerprint is another, expected job");
        assertThat(stranger.controlEnd().isOk()).isTrue();
        assertThat(running(coordinator)).hasSize(WORKERS);
    }

    @Test
    void aWorkersOwnFailureIsTheJobs() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        workers.get(1).fail("the loss is not a number");
        assertFailed(coordinator, List.of(workers.get(0), workers.get(2)), "worker-1: the loss is not a number");
    }

    @Test
    void differentWeightsAtTheEndFailTheJob() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        workers.get(0).finish(0, "aaaa");
        workers.get(1).finish(0, "bbbb");
        workers.get(2).finish(0, "aaaa");
        assertFailed(
                coordinator,
                workers,
                "workers have different weights after step 0: worker-0, worker-2 aaaa; worker-1 bbbb");
    }

    @Test
    void tooFewWorkersInTimeFailTheJob() throws Exception {
        CoordinatorProcess coordinator = keep(CoordinatorProcess.start(new CoordinatorConfig(
                new Address("127.0.0.1", 0),
                TestRules.of(JOB, SHARDS, WORKERS, WORKERS, TestRules.patience(Duration.ofSeconds(1))),
                SHARDS,
                Optional.empty(),
                Optional.empty(),
                Spectator.NONE)));
        assertThat(coordinator.awaitEnd()).isEqualTo(new Outcome.Failure("none of 3 workers joined within 1 s"));
    }

    @Test
    void stoppingTellsTheWorkers() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        coordinator.close();
        assertFailed(coordinator, workers, "the coordinator was stopped");
    }

    @Test
    void healthAndMetricsAreServedWhileTheJobGoesOn() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(0));

        EventLoopGroup loop = Transport.eventLoop("health");
        open.add(() -> loop.shutdownGracefully(0, 0, TimeUnit.SECONDS));
        ManagedChannel channel = Channels.open(new Address("127.0.0.1", coordinator.port()), loop);
        open.add(channel::shutdownNow);
        assertThat(HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
        assertThat(metrics(coordinator))
                .contains("syncbn_coordinator_members 3.0")
                .contains("syncbn_coordinator_generation 1.0")
                .contains("syncbn_coordinator_committed_step 1.0")
                .contains("syncbn_coordinator_rounds_total{kind=\"GRADIENTS\"} 2.0")
                .contains("syncbn_coordinator_rounds_total{kind=\"COMMIT\"} 1.0")
                .contains("syncbn_coordinator_payload_sent_bytes_total{stream=\"gradients\"}")
                .contains("syncbn_coordinator_step_seconds_count 1")
                .contains("syncbn_coordinator_frames_refused_total 0.0");
    }

    @Test
    void aTakenPortIsSaidInWords() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        CoordinatorConfig same = new CoordinatorConfig(
                new Address("127.0.0.1", coordinator.port()),
                TestRules.of(JOB, 1, 1, 1, TestRules.patience(Duration.ofSeconds(1))),
                1,
                Optional.empty(),
                Optional.empty(),
                Spectator.NONE);
        assertThatThrownBy(() -> CoordinatorProcess.start(same))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot listen on 127.0.0.1:" + coordinator.port() + ": ")
                .hasMessageContaining("Address already in use");
    }

    @Test
    void aPortThatIsTakenLeavesNothingOpen(@TempDir Path directory) throws Exception {
        Path log = directory.resolve("events.jsonl");
        try (ServerSocket taken = new ServerSocket(0)) {
            for (int[] ports : new int[][] {{0, taken.getLocalPort()}, {taken.getLocalPort(), 0}}) {
                CoordinatorConfig config = new CoordinatorConfig(
                        new Address("0.0.0.0", ports[0]),
                        TestRules.of(JOB, SHARDS, WORKERS, WORKERS, TestRules.patience(Duration.ofMinutes(10))),
                        SHARDS,
                        Optional.of(new Address("0.0.0.0", ports[1])),
                        Optional.of(log),
                        Spectator.NONE);
                assertThatThrownBy(() -> CoordinatorProcess.start(config))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(Integer.toString(taken.getLocalPort()));
                assertThat(openFiles()).doesNotContain(log.toRealPath().toString());
            }
        }
    }

    /** Those of this process; empty where a system does not tell. */
    private static List<String> openFiles() throws IOException {
        Path open = Path.of("/proc/self/fd");
        if (!Files.isDirectory(open)) {
            return List.of();
        }
        try (Stream<Path> descriptors = Files.list(open)) {
            return descriptors.map(CoordinatorProcessTest::target).toList();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    @Test
    void aHostThatNobodyKnowsIsNamed() {
        CoordinatorConfig config = new CoordinatorConfig(
                new Address("nobody.invalid", 0),
                TestRules.of(JOB, SHARDS, WORKERS, WORKERS, TestRules.patience(Duration.ofMinutes(10))),
                SHARDS,
                Optional.empty(),
                Optional.empty(),
                Spectator.NONE);
        assertThatThrownBy(() -> CoordinatorProcess.start(config))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot listen on nobody.invalid:0: no host is called nobody.invalid");
    }
}
