package io.syncbn.coordinator.service;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.syncbn.coordinator.membership.Member;
import io.syncbn.coordinator.membership.Membership;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.sums.SumKind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A coordinator's metrics. Written by the event loop, read by any thread. */
public final class CoordinatorMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    /** A class name. */
    private static final Pattern NAME = Pattern.compile("[\\w.$]{1,100}");

    private static final int MOST_FAULT_NAMES = 50;
    private static final String OTHER_FAULT = "other";

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
    private final Counter evictions;
    private final Counter restores;
    private final Counter lostEvents;
    private final Counter strangers;
    private final Timer steps;

    /** How long the others waited for a worker, and the gauge that shows it. */
    private record Waited(AtomicLong nanos, Gauge gauge) {}

    public CoordinatorMetrics(MeterRegistry registry) {
        this.registry = registry;
        registry.gauge("syncbn.coordinator.members", members);
        registry.gauge("syncbn.coordinator.generation", generation);
        registry.gauge("syncbn.coordinator.committed.step", committedStep);
        registry.gauge("syncbn.coordinator.stopping", stopping);
        registry.gauge("syncbn.coordinator.backups", backups);
        for (SumKind kind : SumKind.values()) {
            rounds.put(kind, registry.counter("syncbn.coordinator.rounds", "kind", kind.name()));
        }
        for (StreamKind stream : StreamKind.values()) {
            received.put(stream, payload(registry, "received", stream));
            sent.put(stream, payload(registry, "sent", stream));
        }
        refusedFrames = registry.counter("syncbn.coordinator.frames.refused");
        ignoredFrames = registry.counter("syncbn.coordinator.frames.ignored");
        backupFrames = registry.counter("syncbn.coordinator.frames.from.backups");
        damages = registry.counter("syncbn.coordinator.generations.broken");
        evictions = registry.counter("syncbn.coordinator.evictions");
        restores = registry.counter("syncbn.coordinator.restores");
        lostEvents = registry.counter("syncbn.coordinator.events.lost");
        strangers = registry.counter("syncbn.coordinator.connections.closed");
        steps = Timer.builder("syncbn.coordinator.step")
                .description("from one commit to the next")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
    }

    private static Counter payload(MeterRegistry registry, String direction, StreamKind stream) {
        return Counter.builder("syncbn.coordinator.payload." + direction)
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
                Gauge.builder("syncbn.coordinator.worker.blocking", nanos, value -> value.get() / NANOS_PER_SECOND)
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
        String cause = isOfJob ? "job" : "worker";
        String named = NAME.matcher(fault).matches() ? fault : OTHER_FAULT;
        String shown = faults.containsKey(cause + named) || faults.size() < MOST_FAULT_NAMES ? named : OTHER_FAULT;
        faults.computeIfAbsent(
                        cause + shown,
                        key -> registry.counter("syncbn.coordinator.worker.faults", "cause", cause, "fault", shown))
                .increment();
    }

    void stepTook(long nanos) {
        steps.record(nanos, TimeUnit.NANOSECONDS);
    }
}
