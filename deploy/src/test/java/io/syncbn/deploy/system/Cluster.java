package io.syncbn.deploy.system;

import io.syncbn.coordinator.CoordinatorConfig;
import io.syncbn.coordinator.CoordinatorProcess;
import io.syncbn.coordinator.membership.Limits;
import io.syncbn.coordinator.membership.MembershipTimeouts;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.coordinator.membership.WorkerRange;
import io.syncbn.coordinator.service.Spectator;
import io.syncbn.proto.job.Fingerprint;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.net.Address;
import io.syncbn.worker.WorkerConfig;
import io.syncbn.worker.WorkerProcess;
import io.syncbn.worker.record.Intervals;
import io.syncbn.worker.record.RunTarget;
import io.syncbn.worker.session.SessionTimeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A coordinator and workers as threads of this JVM: the real parts on real connections, without the seconds that a process
 * takes to start, so that many clusters can be compared.
 */
final class Cluster {
    private static final Duration JOIN_TIMEOUT = Duration.ofMinutes(10);

    /** A thread that stands still on a busy machine, or a worker by hand that says nothing, is not lost. */
    private static final MembershipTimeouts PATIENCE = new MembershipTimeouts(
            JOIN_TIMEOUT,
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            Duration.ofSeconds(1),
            Duration.ofMillis(1800),
            Duration.ofMinutes(10));

    private Cluster() {}

    /**
     * A coordinator of a job, on a port of its own.
     *
     * @param log where it writes its events
     */
    static CoordinatorProcess coordinator(Job job, int workers, Optional<Path> log) throws Exception {
        return CoordinatorProcess.start(new CoordinatorConfig(
                new Address("127.0.0.1", 0),
                new Rules(
                        Fingerprint.of(job),
                        job.batches().shards(),
                        new WorkerRange(workers, workers),
                        PATIENCE,
                        Straggler.WAIT,
                        new Limits(Duration.ofSeconds(60), Runtime.getRuntime().maxMemory(), 100)),
                job.groupSize(),
                Optional.empty(),
                log,
                Spectator.NONE));
    }

    /** Trains a job to its end, into a run directory. */
    static void train(Job job, int workers, Path run) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try (CoordinatorProcess coordinator = coordinator(job, workers, Optional.empty())) {
            Address address = new Address("127.0.0.1", coordinator.port());
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                String name = "worker-" + i;
                ends.add(threads.submit(() -> WorkerProcess.run(worker(job, address, name, run))));
            }
            for (Future<?> end : ends) {
                end.get(Syncbn.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static WorkerConfig worker(Job job, Address coordinator, String name, Path run) {
        return new WorkerConfig(
                job,
                new WorkerConfig.Coordination(
                        () -> coordinator, new SessionTimeouts(JOIN_TIMEOUT, JOIN_TIMEOUT, JOIN_TIMEOUT)),
                new RunTarget(run, 3, name, false),
                Optional.empty(),
                new Intervals(0, Duration.ZERO, 0),
                new WorkerConfig.Host(
                        System.nanoTime(), Optional.empty(), 1, "test", reason -> {}, new CompletableFuture<>()));
    }
}
