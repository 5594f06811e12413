package io.syncbn.worker;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.net.Address;
import io.syncbn.worker.record.Intervals;
import io.syncbn.worker.record.RunTarget;
import io.syncbn.worker.session.SessionTimeouts;
import io.syncbn.worker.train.Resume;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What one worker process needs to know beside the job.
 *
 * @param job what to train
 * @param run where it is written, and by which name this worker is known
 * @param resume what to go on from
 */
public record WorkerConfig(
        Job job, Coordination coordination, RunTarget run, Optional<Resume> resume, Intervals intervals, Host host) {

    /**
     * How this worker reaches the coordinator.
     *
     * @param coordinator its address; the supplier may block until it is known
     * @param timeouts how long it waits for the coordinator, and for itself
     */
    public record Coordination(Supplier<Address> coordinator, SessionTimeouts timeouts) {}

    /**
     * The worker's environment.
     *
     * @param startNanos when the command began, on {@link System#nanoTime}'s clock
     * @param metrics where metrics are served for Prometheus, port 0 for any that is free; empty for nowhere
     * @param threads that it computes with, shared by its shards; each has one at least
     * @param release syncbn's version
     * @param hung called with the reason when the worker is not ready in time; ends the process
     * @param leave completed, with a reason, when this process is to end and the job to go on without it
     */
    public record Host(
            long startNanos,
            Optional<Address> metrics,
            int threads,
            String release,
            Consumer<String> hung,
            CompletableFuture<String> leave) {}
}
