package io.syncbn.worker.train;

import io.syncbn.proto.job.Job;
import io.syncbn.proto.net.Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What one worker process needs to know beside the job.
 *
 * @param job what to train
 * @param coordinator where it listens; may wait until that is known
 * @param patience how long to try to reach it at first
 * @param name how people call this worker
 * @param out run directory, written by the worker that has shard 0
 * @param resume what to go on from
 * @param checkpointEvery steps between checkpoints; 0: at the end of every epoch
 * @param checkpointTime longest time between checkpoints; zero: only the number of steps counts
 * @param keep how many checkpoints stay, beside the one before training
 * @param evaluateEvery steps between evaluations; 0: at the end of every epoch
 * @param startNanos when the command began, on {@link System#nanoTime}'s clock
 * @param metrics where metrics are served for Prometheus, port 0 for any that is free; empty for nowhere
 * @param reconnect how long to try to reach a coordinator that was lost
 * @param release syncbn's version
 * @param prepare how long this worker may take to get ready for its shards, or to come to rest
 * @param hung told why, when it does not: to end the process
 * @param isRunHeld whether a launcher holds the lock of the run directory for all its workers
 * @param leave completed, with a reason, when this process is to end and the job to go on without it
 */
public record WorkerConfig(
        Job job,
        Supplier<Address> coordinator,
        Duration patience,
        String name,
        Path out,
        Optional<Resume> resume,
        long checkpointEvery,
        Duration checkpointTime,
        int keep,
        long evaluateEvery,
        long startNanos,
        Optional<Address> metrics,
        Duration reconnect,
        String release,
        Duration prepare,
        Consumer<String> hung,
        boolean isRunHeld,
        CompletableFuture<String> leave) {}
