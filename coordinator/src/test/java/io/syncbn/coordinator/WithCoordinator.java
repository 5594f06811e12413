package io.syncbn.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.coordinator.membership.MembershipTimeouts;
import io.syncbn.coordinator.service.Spectator;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.v1.Plan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A coordinator on a loopback port, and fake workers; all are closed after each test. */
@Timeout(300)
abstract class WithCoordinator {
    static final String JOB = "job";
    static final int SHARDS = 7;
    static final int WORKERS = 3;

    /** More than any test takes: these workers send no signs of life by themselves, and any of them may be late. */
    private static final int LONG_MILLIS = 600_000;

    final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    final CoordinatorProcess start(int groupSize) throws IOException {
        return start(WORKERS, groupSize);
    }

    final CoordinatorProcess start(int minWorkers, int groupSize) throws IOException {
        return start(minWorkers, groupSize, LONG_MILLIS);
    }

    final CoordinatorProcess start(int minWorkers, int groupSize, int silenceMillis) throws IOException {
        return start(
                minWorkers, WORKERS, groupSize, TestRules.patience(100, silenceMillis, LONG_MILLIS), Optional.empty());
    }

    /** One that may have more workers than there are, so that it does not wait for them for long, and writes events. */
    final CoordinatorProcess start(int minWorkers, int maxWorkers, Optional<Path> log) throws IOException {
        return start(minWorkers, maxWorkers, SHARDS, TestRules.patience(100, LONG_MILLIS, 1000), log);
    }

    private CoordinatorProcess start(
            int minWorkers, int maxWorkers, int groupSize, MembershipTimeouts patience, Optional<Path> log)
            throws IOException {
        return keep(CoordinatorProcess.start(new CoordinatorConfig(
                new Address("127.0.0.1", 0),
                TestRules.of(JOB, SHARDS, minWorkers, maxWorkers, patience),
                groupSize,
                Optional.of(new Address("127.0.0.1", 0)),
                log,
                Spectator.NONE)));
    }

    final FakeWorker worker(String name, CoordinatorProcess coordinator) {
        return keep(new FakeWorker(name, coordinator.port()));
    }

    final <T extends AutoCloseable> T keep(T resource) {
        open.add(0, resource);
        return resource;
    }

    /** Workers 0 to 2 with their plans, joined in the opposite order. */
    final List<FakeWorker> running(CoordinatorProcess coordinator) throws InterruptedException {
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
    final void assertGoOn(List<FakeWorker> workers, long committed) throws InterruptedException {
        assertGoOn(workers, committed, committed);
    }

    /** @param known how many committed steps the coordinator knows of */
    final void assertGoOn(List<FakeWorker> workers, long committed, long known) throws InterruptedException {
        for (int number = 0; number < workers.size(); number++) {
            FakeWorker worker = workers.get(number);
            do {
                worker.prepare();
            } while (worker.plan().getWorkers() > workers.size());
            assertThat(worker.plan().getWorker()).isEqualTo(number);
            assertThat(worker.plan().getCommittedStep()).isEqualTo(known);
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

    static void awaitMetric(CoordinatorProcess coordinator, String line) throws Exception {
        while (!metrics(coordinator).contains(line)) {
            Thread.sleep(10);
        }
    }

    final void assertFailed(CoordinatorProcess coordinator, List<FakeWorker> told, String reason)
            throws InterruptedException {
        for (FakeWorker worker : told) {
            assertThat(worker.nextControl().getAbort().getReason()).isEqualTo(reason);
            assertThat(worker.controlEnd().isOk()).isTrue();
        }
        assertThat(coordinator.awaitEnd()).isEqualTo(new Outcome.Failure(reason));
    }

    static String metrics(CoordinatorProcess coordinator) throws Exception {
        URI uri = URI.create(coordinator.metricsUrl().orElseThrow());
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
