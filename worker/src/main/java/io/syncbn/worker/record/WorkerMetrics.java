package io.syncbn.worker.record;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.MemoryMetrics;
import io.syncbn.proto.net.MetricsServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A worker's metrics for Prometheus. Thread-safe. */
public final class WorkerMetrics implements RunListener {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Optional<MetricsServer> server;
    private final Timer steps;
    private final Timer load;
    private final Timer compute;
    private final Timer moments;
    private final Timer gradients;
    private final Timer commit;
    private final Timer update;
    private final Counter examples;
    private final Counter skippedSteps;
    private final Counter overtakenSteps;
    private final AtomicLong step = new AtomicLong();
    private final AtomicLong generation = new AtomicLong();
    private volatile double loss = Double.NaN;
    private volatile double accuracy = Double.NaN;
    private volatile double learningRate = Double.NaN;
    private volatile double testLoss = Double.NaN;
    private volatile double testAccuracy = Double.NaN;
    private final RecentNoise noise = new RecentNoise();
    private final Map<WriteAlarms.Part, Counter> writeFailures = new EnumMap<>(WriteAlarms.Part.class);

    private WorkerMetrics(String worker, Optional<Address> bind) throws IOException {
        List<Tag> tags = List.of(Tag.of("worker", worker));
        steps = timer("syncbn.step", "wall time of a step", tags);
        load = part("load", tags);
        compute = part("compute", tags);
        moments = part("moments", tags);
        gradients = part("gradients", tags);
        commit = part("commit", tags);
        update = part("update", tags);
        examples = Counter.builder("syncbn.examples")
                .description("examples of the global batches trained on")
                .tags(tags)
                .register(registry);
        skippedSteps = Counter.builder("syncbn.steps.skipped")
                .description("steps that were left out, because they had numbers that were not finite")
                .tags(tags)
                .register(registry);
        overtakenSteps = Counter.builder("syncbn.steps.completed.by.backup")
                .description("steps that were committed before this worker had done its share")
                .tags(tags)
                .register(registry);
        gauge("syncbn.loss", "mean loss of the last step's global batch", tags, () -> loss);
        gauge(
                "syncbn.accuracy",
                "correct predictions over examples of the last step's global batch",
                tags,
                () -> accuracy);
        gauge("syncbn.learning.rate", "learning rate of the last step", tags, () -> learningRate);
        gauge("syncbn.test.loss", "mean loss of the last evaluation", tags, () -> testLoss);
        gauge(
                "syncbn.test.accuracy",
                "correct predictions over test rows, of the last evaluation",
                tags,
                () -> testAccuracy);
        gauge(
                "syncbn.gradient.square",
                "squared norm of the gradient, estimated without its noise; mean over the last steps",
                tags,
                noise::square);
        gauge(
                "syncbn.gradient.variance",
                "variance of one example's gradient, summed over all weights; mean over the last steps",
                tags,
                noise::variance);
        gauge(
                "syncbn.gradient.noise.scale",
                "examples of a global batch in which gradient and noise are equal; over the last steps",
                tags,
                noise::scale);
        for (WriteAlarms.Part part : WriteAlarms.Part.values()) {
            writeFailures.put(
                    part,
                    Counter.builder("syncbn.write.failures")
                            .description("times that something of the run could not be written")
                            .tags(tags)
                            .tag("what", part.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        gauge("syncbn.committed.step", "last step that this worker has done", tags, step::get);
        gauge("syncbn.generation", "number of the generation that this worker has a place in", tags, generation::get);
        MemoryMetrics.register(registry, tags);
        server = bind.isPresent()
                ? Optional.of(MetricsServer.start(bind.get(), "syncbn worker " + worker, registry))
                : Optional.empty();
    }

    /** The parts of all steps sum to the time of all steps. */
    private Timer part(String name, List<Tag> tags) {
        List<Tag> withPart = new ArrayList<>(tags);
        withPart.add(Tag.of("part", name));
        return timer(
                "syncbn.step.part", "part of a step's wall time; moments, gradients and commit are waits", withPart);
    }

    private void gauge(String name, String description, List<Tag> tags, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tags(tags).register(registry);
    }

    private Timer timer(String name, String description, List<Tag> tags) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .publishPercentiles(0.5, 0.99)
                .register(registry);
    }

    /**
     * Begins to serve.
     *
     * @param bind where; port 0 for any that is free; empty for nowhere
     */
    public static WorkerMetrics serve(String worker, Optional<Address> bind) {
        try {
            return new WorkerMetrics(worker, bind);
        } catch (IOException e) {
            throw new RecordException(e.getMessage());
        }
    }

    public Optional<String> url() {
        return server.map(MetricsServer::url);
    }

    void generation(long present) {
        generation.set(present);
    }

    @Override
    public void stepped(StepRecord record) {
        step.set(record.step());
        StepSplit split = record.split();
        steps.record(ofMillis(split.stepMillis()));
        load.record(ofMillis(split.loadMillis()));
        compute.record(ofMillis(split.computeMillis()));
        moments.record(ofMillis(split.momentsMillis()));
        gradients.record(ofMillis(split.gradientsMillis()));
        commit.record(ofMillis(split.commitMillis()));
        update.record(ofMillis(split.updateMillis()));
        if (record.overtaken()) {
            overtakenSteps.increment();
        }
        if (record.skipped()) {
            skippedSteps.increment();
        } else {
            examples.increment(record.examples());
            loss = record.loss();
            accuracy = record.accuracy();
            learningRate = record.learningRate();
            noise.add(record.noise());
        }
    }

    /** Writes of the run that have failed so far. */
    public long failedWrites() {
        return (long)
                writeFailures.values().stream().mapToDouble(Counter::count).sum();
    }

    @Override
    public void evaluated(long atStep, double epoch, Evaluation evaluation) {
        testLoss = evaluation.loss();
        testAccuracy = evaluation.accuracy();
    }

    void writeFailed(WriteAlarms.Part part) {
        writeFailures.get(part).increment();
    }

    private static Duration ofMillis(double millis) {
        return Duration.ofNanos((long) (millis * 1e6));
    }

    @Override
    public void close() {
        server.ifPresent(MetricsServer::close);
        registry.close();
    }
}
