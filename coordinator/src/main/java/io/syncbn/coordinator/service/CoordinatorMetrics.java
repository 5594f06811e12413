package io.syncbn.coordinator.service;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.syncbn.coordinator.membership.Member;
import io.syncbn.coordinator.membership.Membership;
import io.syncbn.proto.net.MemoryMetrics;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.sums.SumKind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A coordinator's metrics. Written by the event loop, read by any thread. */
public final class CoordinatorMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    /** A class name. */
    private static final Pattern NAME = Pattern.compile("[\\w.$]{1,100}");

    private static final int MOST_FAULT_NAMES = 50;
    private static final String OTHER_FAULT = "other";
    private static final String OF_JOB = "job";
    private static final String OF_WORKER = "worker";
    private static final String PREFIX = "syncbn.coordinator.";

    private final AtomicLong members = new AtomicLong();
    private final AtomicLong generation = new AtomicLong();
    private final AtomicLong committedStep = new AtomicLong();
    private final AtomicLong stopping = new AtomicLong();
    private final AtomicLong backups = new AtomicLong();
    private final Map<SumKind, Counter> rounds = new EnumMap<>(SumKind.class);
    private final Map<StreamKind, Counter> received = new EnumMap<>(StreamKind.class);
    private final Map<StreamKind, Counter> sent = new EnumMap<>(StreamKind.class);
    private final Map<String, Waited> waited = new HashMap<>();
    private final Map<String, Counter> faults = new HashMap<>();
    private final MeterRegistry registry;
    private final Counter refusedFrames;
    private final Counter ignoredFrames;
    private final Counter backupFrames;
    private final Counter damages;
    private final Counter abandonedSteps;
    private final Counter evictions;
    private final Counter restores;
    private final Counter lostEvents;
    private final Counter strangers;
    private final Timer steps;

    /** How long the others waited for a worker, and the gauge that shows it. */
    private record Waited(AtomicLong nanos, Gauge gauge) {}

    public CoordinatorMetrics(MeterRegistry registry) {
        this.registry = registry;
        gauge("members", "workers that are connected, with a place in the generation or waiting for one", members);
        gauge("generation", "number of the present generation", generation);
        gauge("committed.step", "steps that are committed", committedStep);
        gauge("stopping", "1 while the job ends at its next commit because somebody asked for it, else 0", stopping);
        gauge("backups", "slow workers whose shards another worker computes as well", backups);
        for (SumKind kind : SumKind.values()) {
            rounds.put(kind, counter("rounds", "sums that are complete", "kind", kind.name()));
        }
        for (StreamKind stream : StreamKind.values()) {
            received.put(stream, payload("received", "numbers that came from workers", stream));
            sent.put(stream, payload("sent", "numbers that were sent to workers", stream));
        }
        refusedFrames = counter("frames.refused", "parts of sums that no correct worker sends");
        ignoredFrames = counter("frames.ignored", "parts of sums that came twice or too late, and were not added");
        backupFrames = counter("frames.from.backups", "parts of sums that came from a slow worker's backup first");
        damages = counter("generations.broken", "times that a frame was damaged or a data connection broke");
        abandonedSteps = counter(
                "steps.abandoned", "steps or evaluations given up and done again, because a worker was lost in them");
        evictions = counter("evictions", "workers evicted: silent, too late, or against the protocol");
        restores = counter("restores", "times that every copy of the model was lost, and a checkpoint was taken");
        lostEvents = counter("events.lost", "events that could not be written to the journal");
        strangers = counter("connections.closed", "connections closed that were no worker's, or became none in time");
        // From the start, so that Prometheus sees the first fault as an increase.
        Stream.of(OF_JOB, OF_WORKER).forEach(cause -> fault(cause, OTHER_FAULT));
        steps = Timer.builder(PREFIX + "step")
                .description("time from one commit to the next")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
        MemoryMetrics.register(registry, List.of());
    }

    private void gauge(String name, String help, AtomicLong value) {
        Gauge.builder(PREFIX + name, value, AtomicLong::get).description(help).register(registry);
    }

    private Counter counter(String name, String help, String... tags) {
        return Counter.builder(PREFIX + name).description(help).tags(tags).register(registry);
    }

    private Counter payload(String direction, String help, StreamKind stream) {
        return Counter.builder(PREFIX + "payload." + direction)
                .description(help)
                .baseUnit("bytes")
                .tag("stream", stream.toString())
                .register(registry);
    }

    void membership(Membership membership) {
        members.set(membership.members().size());
        generation.set(membership.generation());
        committedStep.set(membership.committedStep());
        stopping.set(membership.stopping().isPresent() ? 1 : 0);
        backups.set(membership.members().stream()
                .filter(CoordinatorMetrics::hasBackup)
                .count());
        forgetThoseThatAreGone(membership);
    }

    /** Removes the gauges of workers that are gone: they would stay forever, and grow with each new name. */
    private void forgetThoseThatAreGone(Membership membership) {
        Set<String> names = membership.members().stream().map(Member::name).collect(Collectors.toSet());
        waited.entrySet().removeIf(entry -> {
            boolean isGone = !names.contains(entry.getKey());
            if (isGone) {
                registry.remove(entry.getValue().gauge());
            }
            return isGone;
        });
    }

    private static boolean hasBackup(Member member) {
        return member.isSeated() && member.slowness().isSlow();
    }

    void received(StreamKind stream, int bytes) {
        received.get(stream).increment(bytes);
    }

    void sent(StreamKind stream, long bytes) {
        sent.get(stream).increment(bytes);
    }

    void roundCompleted(SumKind kind) {
        rounds.get(kind).increment();
    }

    void frameRefused() {
        refusedFrames.increment();
    }

    void frameIgnored() {
        ignoredFrames.increment();
    }

    /** A part of a slow worker's shards was taken from its backup, which sent it first. */
    void backupWon() {
        backupFrames.increment();
    }

    void damaged() {
        damages.increment();
    }

    /** The step under way was given up with its generation. */
    void stepAbandoned() {
        abandonedSteps.increment();
    }

    void evicted() {
        evictions.increment();
    }

    /** The job was restored from a checkpoint, because every copy of its model was lost. */
    void restored() {
        restores.increment();
    }

    /** An event could not be written to the file of events. */
    public void eventLost() {
        lostEvents.increment();
    }

    /** A connection that was not a worker's was closed. */
    public void stranger() {
        strangers.increment();
    }

    /** How long the others waited for this worker alone in the last step. */
    void waitedFor(String worker, long nanos) {
        waited.computeIfAbsent(worker, this::waited).nanos().set(nanos);
    }

    private Waited waited(String worker) {
        AtomicLong nanos = new AtomicLong();
        return new Waited(
                nanos,
                Gauge.builder(PREFIX + "worker.blocking", nanos, value -> value.get() / NANOS_PER_SECOND)
                        .description("how long the others waited for this worker alone in the last step")
                        .baseUnit("seconds")
                        .tag("worker", worker)
                        .register(registry));
    }

    /**
     * A worker has failed.
     *
     * @param isOfJob whether it says that every other worker would fail too
     * @param fault the name it gives the fault, which is untrusted input
     */
    void workerFailed(boolean isOfJob, String fault) {
        String cause = isOfJob ? OF_JOB : OF_WORKER;
        String named = NAME.matcher(fault).matches() ? fault : OTHER_FAULT;
        fault(cause, faults.containsKey(cause + named) || faults.size() < MOST_FAULT_NAMES ? named : OTHER_FAULT)
                .increment();
    }

    private Counter fault(String cause, String shown) {
        return faults.computeIfAbsent(
                cause + shown,
                key -> counter(
                        "worker.faults",
                        "workers that failed, by class of the exception",
                        "cause",
                        cause,
                        "fault",
                        shown));
    }

    void stepTook(long nanos) {
        steps.record(nanos, TimeUnit.NANOSECONDS);
    }
}
