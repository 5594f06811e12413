package io.syncbn.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Node;
import io.syncbn.proto.v1.Hold;
import io.syncbn.proto.wire.DataFrame;
import io.syncbn.proto.wire.FrameHeader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers come, go and break over gRPC, and the job goes on. */
class ElasticityTest extends WithCoordinator {

    @Test
    void aFrameOfALaterGenerationCostsItsSenderItsPlace() throws Exception {
        CoordinatorProcess coordinator = start(2, SHARDS);
        List<FakeWorker> workers = running(coordinator);
        FakeWorker wrong = workers.get(1);
        wrong.send(DataFrame.of(
                new FrameHeader(
                        2, 1, SumKind.COMMIT, 0, 0, new Node(0, wrong.plan().getFirstShard()), 1),
                new double[] {1}));
        assertThat(wrong.nextControl().getAbort().getReason())
                .isEqualTo("worker-1 (shards 3 to 4, host test-host, process 77) was sent away: step 1, COMMIT 0"
                        + " (generation 2): worker-1 (shards 3 to 4) sent generation 2, expected 1");
        assertThat(wrong.controlEnd().isOk()).isTrue();
        assertGoOn(List.of(workers.get(0), workers.get(2)), 0);
    }

    @Test
    void aDamagedFrameEndsTheGenerationAndNothingElse() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        FakeWorker worker = workers.get(2);
        FrameHeader header = new FrameHeader(1, 1, SumKind.MOMENTS_FORWARD, 4, 0, new Node(0, 5), 1);
        DataFrame good = DataFrame.of(header, new double[] {1, 2});
        FakeWorker.Data stream = worker.dataOf(SumKind.COMMIT);
        worker.send(new DataFrame(header, good.payload(), good.checksum() ^ 1));
        Status status = stream.end();
        assertThat(status.getCode()).isEqualTo(Status.Code.DATA_LOSS);
        assertThat(status.getDescription())
                .isEqualTo(String.format(
                        Locale.ROOT,
                        "step 1, MOMENTS_FORWARD 4 (generation 1): checksum 0x%08x, computed 0x%08x",
                        good.checksum() ^ 1,
                        good.checksum()));
        assertGoOn(workers, 0);
        assertThat(metrics(coordinator)).contains("syncbn_coordinator_generations_broken_total 1.0");
    }

    @Test
    void aFrameThatCameDamagedAtAWorkerEndsTheGenerationAndNothingElse() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        workers.get(0).damaged("a root came damaged");
        assertGoOn(workers, 0);
    }

    @Test
    void aSumOnTheWrongStreamCostsItsSenderItsPlace() throws Exception {
        CoordinatorProcess coordinator = start(2, SHARDS);
        List<FakeWorker> workers = running(coordinator);
        FrameHeader header = new FrameHeader(1, 1, SumKind.GRADIENTS, 0, 0, new Node(1, 0), 1);
        workers.get(0).sendOn(SumKind.COMMIT, DataFrame.of(header, new float[] {1}));
        assertThat(workers.get(0).nextControl().getAbort().getReason())
                .isEqualTo("worker-0 (shards 0 to 2, host test-host, process 77) was sent away: "
                        + "step 1, GRADIENTS 0 (generation 1): came on the stream of moments");
        assertGoOn(workers.subList(1, 3), 0);
    }

    @Test
    void theOthersGoOnWithoutASilentWorker() throws Exception {
        CoordinatorProcess coordinator = start(2, SHARDS, 6000);
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
        CoordinatorProcess coordinator = start(2, SHARDS);
        List<FakeWorker> workers = running(coordinator);
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(0));
        workers.get(2).hangUp();
        assertGoOn(workers.subList(0, 2), 1);
    }

    @Test
    void aWorkerWhoseDataStreamBreaksStaysIn() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(0));
        new FakeStep(SHARDS, SHARDS, 1).expectRoots(workers.get(1));
        workers.get(1).breakGradients();
        assertGoOn(workers, 1);
    }

    @Test
    void withTooFewWorkersTheOthersWaitForOneMore() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
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
            FrameHeader header = new FrameHeader(
                    all.get(0).plan().getGeneration(), 1, SumKind.STATE, chunk, 0, new Node(0, 0), chunks);
            all.get(0).send(DataFrame.of(header, new float[] {chunk, 7}));
        }
        for (int chunk = 0; chunk < chunks; chunk++) {
            DataFrame state = back.dataOf(SumKind.STATE).next();
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
        CoordinatorProcess coordinator = start(2, SHARDS);
        List<FakeWorker> workers = running(coordinator);
        workers.get(0).leave("its machine is drained");
        FakeWorker more = worker("worker-3", coordinator).join(JOB);
        awaitMetric(coordinator, "syncbn_coordinator_members 4.0");
        workers.forEach(worker -> new FakeStep(SHARDS, SHARDS, 1).send(worker));
        for (FakeWorker worker : workers) {
            new FakeStep(SHARDS, SHARDS, 1).expectRoots(worker, SumKind.LAST_COMMIT);
        }
        assertThat(workers.get(0).nextControl().getReleased().getReason())
                .isEqualTo("the others go on without worker-0");
        assertThat(workers.get(0).controlEnd().isOk()).isTrue();
        assertGoOn(List.of(workers.get(1), workers.get(2), more), 1);
    }

    @Test
    void aCoordinatorThatIsStartedAgainGoesOnWithItsWorkers(@TempDir Path directory) throws Exception {
        Path log = directory.resolve("events.jsonl");
        CoordinatorProcess first = start(2, SHARDS, Optional.of(log));
        List<FakeWorker> before = joined(first, 0, 0);
        assertGoOn(before, 0);
        first.close();
        assertThat(Files.readString(log))
                .contains("\"event\":\"generation\",\"generation\":1,\"step\":0,\"workers\":[{\"name\":\"worker-0\"");

        CoordinatorProcess second = start(2, SHARDS, Optional.of(log));
        List<FakeWorker> after = joined(second, 1, 1);
        assertGoOn(after, 1, 0);
        assertThat(after.get(0).plan().getGeneration()).isEqualTo(2);
        assertThat(Files.readString(log)).contains("\"event\":\"restarted\"");
    }

    /** Workers 0 and 1, who stand at this step, which they came to in this generation. */
    private List<FakeWorker> joined(CoordinatorProcess coordinator, long generation, long step) {
        List<FakeWorker> workers = new ArrayList<>();
        for (int number = 0; number < 2; number++) {
            FakeWorker worker = worker("worker-" + number, coordinator);
            workers.add(worker.join(worker.introduction(JOB)
                    .setGeneration(generation)
                    .setStep(step)
                    .setStateDigest("state-" + step)));
        }
        return workers;
    }

    @Test
    void aStopEndsTheJobAtACommit() throws Exception {
        CoordinatorProcess coordinator = start(SHARDS);
        List<FakeWorker> workers = running(coordinator);
        new FakeStep(SHARDS, SHARDS, 1).send(workers.get(0));
        coordinator.requestStop("Ctrl-C");
        coordinator.requestStop("Ctrl-C");
        new FakeStep(SHARDS, SHARDS, 1).send(workers.get(1));
        awaitMetric(coordinator, "syncbn_coordinator_stopping 1.0");
        new FakeStep(SHARDS, SHARDS, 1).send(workers.get(2));
        for (FakeWorker worker : workers) {
            new FakeStep(SHARDS, SHARDS, 1).expectRoots(worker, SumKind.LAST_COMMIT);
            assertThat(worker.nextControl().getStop().getReason()).isEqualTo("Ctrl-C");
            worker.finish(1, "kept");
        }
        for (FakeWorker worker : workers) {
            assertThat(worker.controlEnd().isOk()).isTrue();
        }
        assertThat(coordinator.awaitEnd()).isEqualTo(new Outcome.Stopped(1, "kept"));
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
}
