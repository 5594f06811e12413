package io.syncbn.coordinator.service;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.syncbn.proto.v1.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What a coordinator counts. Written by the event loop, read by whoever scrapes. */
public final class CoordinatorMetrics {
    private final AtomicLong members = new AtomicLong();
    private final AtomicLong generation = new AtomicLong();
    private final AtomicLong committedStep = new AtomicLong();
    private final Map<Kind, Counter> rounds = new EnumMap<>(Kind.class);
    private final Map<StreamKind, Counter> received = new EnumMap<>(StreamKind.class);
    private final Map<StreamKind, Counter> sent = new EnumMap<>(StreamKind.class);
    private final Counter refusedFrames;
    private final Timer steps;

    public CoordinatorMetrics(MeterRegistry registry) {
        registry.gauge("syncbn.coordinator.members", members);
        registry.gauge("syncbn.coordinator.generation", generation);
        registry.gauge("syncbn.coordinator.committed.step", committedStep);
        for (Kind kind : Kind.values()) {
            if (kind != Kind.UNRECOGNIZED && kind != Kind.KIND_UNSPECIFIED) {
                rounds.put(kind, registry.counter("syncbn.coordinator.rounds", "kind", kind.name()));
            }
        }
        for (StreamKind stream : StreamKind.values()) {
            received.put(stream, payload(registry, "received", stream));
            sent.put(stream, payload(registry, "sent", stream));
        }
        refusedFrames = registry.counter("syncbn.coordinator.frames.refused");
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

    void membership(int memberCount, long currentGeneration, long step) {
        members.set(memberCount);
        generation.set(currentGeneration);
        committedStep.set(step);
    }

    void received(StreamKind stream, int bytes) {
        received.get(stream).increment(bytes);
    }

    void sent(StreamKind stream, long bytes) {
        sent.get(stream).increment(bytes);
    }

    void roundCompleted(Kind kind) {
        rounds.get(kind).increment();
    }

    void frameRefused() {
        refusedFrames.increment();
    }

    void stepTook(long nanos) {
        steps.record(nanos, TimeUnit.NANOSECONDS);
    }
}
