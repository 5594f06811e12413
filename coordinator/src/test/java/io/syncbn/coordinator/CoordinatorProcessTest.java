package io.syncbn.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.netty.channel.EventLoopGroup;
import io.syncbn.coordinator.membership.ShardRun;
import io.syncbn.proto.Protocol;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.Transport;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.tree.ReductionTree;
import io.syncbn.proto.v1.Hold;
import io.syncbn.proto.v1.Kind;
import io.syncbn.proto.v1.Plan;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A coordinator on a loopback port, and workers by hand. */
@Timeout(60)
class CoordinatorProcessTest {
    private static final String JOB = "job";
    private static final int SHARDS = 7;
    private static final int WORKERS = 3;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, SHARDS})
    void sumsAreExactForEveryGroupSize(int groupSize) throws Exception {
        CoordinatorProcess coordinator = start(groupSize, 5000);
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
            worker.finish(3, "final");
        }
        for (FakeWorker worker : workers) {
            assertThat(worker.controlEnd().isOk()).isTrue();
            worker.dataOf(Kind.COMMIT).complete();
            worker.dataOf(Kind.GRADIENTS).complete();
            assertThat(worker.dataOf(Kind.COMMIT).end().isOk()).isTrue();
            assertThat(worker.dataOf(Kind.GRADIENTS).end().isOk()).isTrue();
        }
        assertThat(coordinator.awaitEnd()).isEqualTo(new Outcome.Success(3, "final"));
    }

    @Test
    void bulkFlowsBothWaysWhileNobodyReads() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        int chunks = 48;
        for (int chunk = 0; chunk < chunks; chunk++) {
            for (FakeWorker worker : workers) {
                FrameHeader header = new FrameHeader(1, 1, Kind.GRADIENTS, chunk, 0, new Node(0, 0), chunks);
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
                DataFrame root = worker.dataOf(Kind.GRADIENTS).next();
                assertThat(root.floats()[7]).isEqualTo(6f * root.header().index());
            }
        }
    }

    @Test
    void aFrameOfAnEarlierGenerationIsNotAdded() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        FakeWorker late = workers.get(1);
        late.send(DataFrame.of(
                new FrameHeader(0, 1, Kind.COMMIT, 0, 0, new Node(0, late.plan().getFirstShard()), 1),
                new double[] {1, 1}));
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(0));
        assertThat(metrics(coordinator)).contains("syncbn_coordinator_frames_ignored_total 1.0");
    }

    @Test
    void aFrameOfALaterGenerationCostsItsSenderItsPlace() throws Exception {
        CoordinatorProcess coordinator = start(2, SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        FakeWorker wrong = workers.get(1);
        wrong.send(DataFrame.of(
                new FrameHeader(
                        2, 1, Kind.COMMIT, 0, 0, new Node(0, wrong.plan().getFirstShard()), 1),
                new double[] {1}));
        assertThat(wrong.nextControl().getAbort().getReason())
                .isEqualTo("worker-1 (shards 3 to 4, host test-host, process 77) was sent away: step 1, COMMIT 0"
                        + " (generation 2): worker-1 (shards 3 to 4) sent generation 2, expected 1");
        assertThat(wrong.controlEnd().isOk()).isTrue();
        assertGoOn(List.of(workers.get(0), workers.get(2)), 0);
    }

    @Test
    void aStreamOfAnotherGenerationIsRefusedAndHarmsNobody() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
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
    void aDamagedFrameEndsTheGenerationAndNothingElse() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        FakeWorker worker = workers.get(2);
        FrameHeader header = new FrameHeader(1, 1, Kind.MOMENTS_FORWARD, 4, 0, new Node(0, 5), 1);
        DataFrame good = DataFrame.of(header, new double[] {1, 2});
        FakeWorker.Data stream = worker.dataOf(Kind.COMMIT);
        worker.send(new DataFrame(header, good.payload(), good.checksum() ^ 1));
        Status status = stream.end();
        assertThat(status.getCode()).isEqualTo(Status.Code.DATA_LOSS);
        assertThat(status.getDescription())
                .isEqualTo(String.format(
                        "step 1, MOMENTS_FORWARD 4 (generation 1): checksum 0x%08x, computed 0x%08x",
                        good.checksum() ^ 1, good.checksum()));
        assertGoOn(workers, 0);
        assertThat(metrics(coordinator)).contains("syncbn_coordinator_damages_total 1.0");
    }

    @Test
    void aFrameThatCameDamagedAtAWorkerEndsTheGenerationAndNothingElse() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        workers.get(0).damaged("a root came damaged");
        assertGoOn(workers, 0);
    }

    @Test
    void aSumOnTheWrongStreamCostsItsSenderItsPlace() throws Exception {
        CoordinatorProcess coordinator = start(2, SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        FrameHeader header = new FrameHeader(1, 1, Kind.GRADIENTS, 0, 0, new Node(1, 0), 1);
        workers.get(0).sendOn(Kind.COMMIT, DataFrame.of(header, new float[] {1}));
        assertThat(workers.get(0).nextControl().getAbort().getReason())
                .isEqualTo("worker-0 (shards 0 to 2, host test-host, process 77) was sent away: "
                        + "step 1, GRADIENTS 0 (generation 1): came on the stream of moments");
        assertGoOn(workers.subList(1, 3), 0);
    }

    @Test
    void theOthersGoOnWithoutASilentWorker() throws Exception {
        CoordinatorProcess coordinator = start(2, SHARDS, 400);
        List<FakeWorker> workers = running(coordinator);
        try (Heartbeats heartbeats = new Heartbeats(List.of(workers.get(0), workers.get(2)))) {
            assertThat(workers.get(1).nextControl().getEvicted().getReason())
                    .matches("worker-1 \\(shards 3 to 4, host test-host, process 77\\) was lost: "
                            + "nothing came from it for \\d+ ms, at step 1");
            assertThat(workers.get(1).controlEnd().isOk()).isTrue();
            assertGoOn(List.of(workers.get(0), workers.get(2)), 0);
        }
    }

    @Test
    void theOthersGoOnWithoutAWorkerThatHangsUp() throws Exception {
        CoordinatorProcess coordinator = start(2, SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(0));
        workers.get(2).hangUp();
        assertGoOn(workers.subList(0, 2), 1);
    }

    @Test
    void aWorkerWhoseDataStreamBreaksStaysIn() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(0));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(1));
        workers.get(1).breakGradients();
        assertGoOn(workers, 1);
    }

    @Test
    void withTooFewWorkersTheOthersWaitForOneMore() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(0));
        workers.get(1).hangUp();
        for (FakeWorker worker : List.of(workers.get(0), workers.get(2))) {
            Hold hold = worker.nextHold();
            assertThat(hold.getCommittedStep()).isEqualTo(1);
            assertThat(hold.getReason()).isEqualTo("2 workers are left, the job waits until it has 3");
        }
        FakeWorker back = worker("worker-1", coordinator).join(JOB);
        List<FakeWorker> all = List.of(workers.get(0), back, workers.get(2));
        for (FakeWorker worker : all) {
            worker.prepare();
            worker.ready(worker == back ? 0 : 1, worker == back ? "state" : "state-1");
        }
        assertThat(all.get(0).nextControl().getAlign().getStateDigest()).isEqualTo("state-1");
        assertThat(all.get(2).nextControl().hasAlign()).isTrue();
        assertThat(back.nextControl().getAlign().getSource()).isZero();
        int chunks = 3;
        for (int chunk = 0; chunk < chunks; chunk++) {
            FrameHeader header =
                    new FrameHeader(all.get(0).plan().getGeneration(), 1, Kind.STATE, chunk, 0, new Node(0, 0), chunks);
            all.get(0).send(DataFrame.of(header, new float[] {chunk, 7}));
        }
        for (int chunk = 0; chunk < chunks; chunk++) {
            DataFrame state = back.dataOf(Kind.STATE).next();
            assertThat(state.header().index()).isEqualTo(chunk);
            assertThat(state.floats()).containsExactly(chunk, 7);
        }
        back.ready(1, "state-1");
        for (FakeWorker worker : all) {
            assertThat(worker.begin()).isEqualTo(1);
            new FakeStep(SHARDS, SHARDS, 2).send(worker);
        }
        for (FakeWorker worker : all) {
            new FakeStep(SHARDS, SHARDS, 2).expectRoots(worker);
        }
    }

    @Test
    void whoJoinsOrLeavesDoesSoAtACommit() throws Exception {
        CoordinatorProcess coordinator = start(2, SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        workers.get(0).leave("its machine is drained");
        FakeWorker more = worker("worker-3", coordinator).join(JOB);
        awaitMetric(coordinator, "syncbn_coordinator_members 4.0");
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        for (FakeWorker worker : workers) {
            new FakeStep(SHARDS, SHARDS, 1).expectRoots(worker, Kind.LAST_COMMIT);
        }
        assertThat(workers.get(0).nextControl().getReleased().getReason())
                .isEqualTo("the others go on without worker-0");
        assertThat(workers.get(0).controlEnd().isOk()).isTrue();
        assertGoOn(List.of(workers.get(1), workers.get(2), more), 1);
    }

    @Test
    void aStopEndsTheJobAtACommit() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        new FakeStep(SHARDS, SHARDS, 1).send(workers.get(0));
        coordinator.requestStop("Ctrl-C");
        coordinator.requestStop("Ctrl-C");
        new FakeStep(SHARDS, SHARDS, 1).send(workers.get(1));
        awaitMetric(coordinator, "syncbn_coordinator_stopping 1.0");
        new FakeStep(SHARDS, SHARDS, 1).send(workers.get(2));
        for (FakeWorker worker : workers) {
            new FakeStep(SHARDS, SHARDS, 1).expectRoots(worker, Kind.LAST_COMMIT);
            assertThat(worker.nextControl().getStop().getReason()).isEqualTo("Ctrl-C");
            worker.finish(1, "kept");
        }
        for (FakeWorker worker : workers) {
            assertThat(worker.controlEnd().isOk()).isTrue();
        }
        assertThat(coordinator.awaitEnd()).isEqualTo(new Outcome.Stopped(1, "kept"));
    }

    @Test
    void aWorkerOfAnotherJobIsRefused() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        FakeWorker stranger = worker("worker-0", coordinator).join("another");
        assertThat(stranger.nextControl().getRefused().getReason())
                .isEqualTo("worker-0 was started with another job: its fingerprint is another, expected job");
        assertThat(stranger.controlEnd().isOk()).isTrue();
        assertThat(running(coordinator)).hasSize(WORKERS);
    }

    @Test
    void aWorkersOwnFailureIsTheJobs() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        workers.get(1).fail("the loss is not a number");
        assertFailed(coordinator, List.of(workers.get(0), workers.get(2)), "worker-1: the loss is not a number");
    }

    @Test
    void differentWeightsAtTheEndFailTheJob() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
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
                "127.0.0.1",
                0,
                JOB,
                SHARDS,
                SHARDS,
                WORKERS,
                WORKERS,
                Duration.ofSeconds(1),
                CoordinatorConfig.NO_METRICS,
                Optional.empty())));
        FakeWorker alone = worker("worker-1", coordinator).join(JOB);
        String reason = "1 of 3 workers joined within 1 s: worker-1";
        assertThat(alone.nextControl().getAbort().getReason()).isEqualTo(reason);
        assertThat(coordinator.awaitEnd()).isEqualTo(new Outcome.Failure(reason));
    }

    @Test
    void stoppingTellsTheWorkers() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        List<FakeWorker> workers = running(coordinator);
        coordinator.close();
        assertFailed(coordinator, workers, "the coordinator was stopped");
    }

    @Test
    void healthAndMetricsAreServedWhileTheJobGoesOn() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS, 5000);
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
        CoordinatorProcess coordinator = start(SHARDS, 5000);
        CoordinatorConfig same = new CoordinatorConfig(
                "127.0.0.1",
                coordinator.port(),
                JOB,
                1,
                1,
                1,
                1,
                Duration.ofSeconds(1),
                CoordinatorConfig.NO_METRICS,
                Optional.empty());
        assertThatThrownBy(() -> CoordinatorProcess.start(same))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot listen on 127.0.0.1:" + coordinator.port() + ": ")
                .hasMessageContaining("Address already in use");
    }

    private CoordinatorProcess start(int groupSize, int silenceMillis) throws IOException {
        return start(WORKERS, groupSize, silenceMillis);
    }

    private CoordinatorProcess start(int minWorkers, int groupSize, int silenceMillis) throws IOException {
        return keep(CoordinatorProcess.start(new CoordinatorConfig(
                "127.0.0.1",
                0,
                JOB,
                SHARDS,
                groupSize,
                minWorkers,
                WORKERS,
                Duration.ofSeconds(30),
                0,
                Optional.empty(),
                100,
                silenceMillis)));
    }

    private FakeWorker worker(String name, CoordinatorProcess coordinator) {
        return keep(new FakeWorker(name, coordinator.port()));
    }

    private <T extends AutoCloseable> T keep(T resource) {
        open.add(0, resource);
        return resource;
    }

    /** Workers 0 to 2 with their plans, joined in the opposite order. */
    private List<FakeWorker> running(CoordinatorProcess coordinator) throws InterruptedException {
        List<FakeWorker> workers = new ArrayList<>();
        for (int number = WORKERS - 1; number >= 0; number--) {
            workers.add(0, worker("worker-" + number, coordinator).join(JOB));
        }
        for (int number = 0; number < WORKERS; number++) {
            Plan plan = workers.get(number).prepare();
            assertThat(plan.getWorker()).isEqualTo(number);
            assertThat(plan.getWorkers()).isEqualTo(WORKERS);
            workers.get(number).ready(0, "state");
        }
        for (FakeWorker worker : workers) {
            assertThat(worker.begin()).isZero();
        }
        return workers;
    }

    /** Waits for the next generation of these workers, whose numbers are in this order, and computes a step in it. */
    private void assertGoOn(List<FakeWorker> workers, long committed) throws InterruptedException {
        for (int number = 0; number < workers.size(); number++) {
            FakeWorker worker = workers.get(number);
            do {
                worker.prepare();
            } while (worker.plan().getWorkers() > workers.size());
            assertThat(worker.plan().getWorker()).isEqualTo(number);
            assertThat(worker.plan().getCommittedStep()).isEqualTo(committed);
            worker.ready(committed, "state-" + committed);
        }
        for (FakeWorker worker : workers) {
            assertThat(worker.begin()).isEqualTo(committed);
            new FakeStep(SHARDS, SHARDS, committed + 1).send(worker);
        }
        for (FakeWorker worker : workers) {
            new FakeStep(SHARDS, SHARDS, committed + 1).expectRoots(worker);
        }
    }

    private static void awaitMetric(CoordinatorProcess coordinator, String line) throws Exception {
        while (!metrics(coordinator).contains(line)) {
            Thread.sleep(10);
        }
    }

    /** Signs of life from some workers. */
    private static final class Heartbeats implements AutoCloseable {
        private final Thread thread;

        Heartbeats(List<FakeWorker> workers) {
            thread = new Thread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    workers.forEach(worker -> worker.heartbeat(0));
                    try {
                        Thread.sleep(50);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            });
            thread.start();
        }

        @Override
        public void close() throws InterruptedException {
            thread.interrupt();
            thread.join();
        }
    }

    private void assertFailed(CoordinatorProcess coordinator, List<FakeWorker> told, String reason)
            throws InterruptedException {
        for (FakeWorker worker : told) {
            assertThat(worker.nextControl().getAbort().getReason()).isEqualTo(reason);
            assertThat(worker.controlEnd().isOk()).isTrue();
        }
        assertThat(coordinator.awaitEnd()).isEqualTo(new Outcome.Failure(reason));
    }

    private static String metrics(CoordinatorProcess coordinator) throws Exception {
        URI uri = URI.create("http://localhost:" + coordinator.metricsPort().orElseThrow() + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
