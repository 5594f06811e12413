package io.syncbn.coordinator;

import io.grpc.Server;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.service.ControlService;
import io.syncbn.coordinator.service.Coordinator;
import io.syncbn.coordinator.service.CoordinatorMetrics;
import io.syncbn.coordinator.service.Mailbox;
import io.syncbn.coordinator.service.ReductionService;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.MetricsServer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A running coordinator: its server, its metrics page, and the writer thread that owns all its state.
 *
 * <p>Ends by itself when the job does. Thread-safe.
 */
public final class CoordinatorProcess implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.syncbn.coordinator");

    /** How finely silence and the join timeout are measured. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How long workers have, after the end, to read their last message and close their streams. */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long DRAIN_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final LongSupplier nanoClock = System::nanoTime;
    private final Mailbox mailbox = new Mailbox();
    private final HealthStatusManager health = new HealthStatusManager();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final Coordinator coordinator;
    private final Server server;
    private final Optional<MetricsServer> metricsServer;

    private CoordinatorProcess(CoordinatorConfig config) throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        coordinator = new Coordinator(rules(config), config.groupSize(), nanoClock, new CoordinatorMetrics(registry));
        metricsServer = config.metricsPort() == CoordinatorConfig.NO_METRICS
                ? Optional.empty()
                : Optional.of(MetricsServer.start(config.metricsPort(), "syncbn coordinator", registry));
        Address address = new Address(config.host(), config.port());
        try {
            server = Channels.server(address)
                    .addService(new ControlService(coordinator, mailbox))
                    .addService(ReductionService.create(coordinator, mailbox))
                    .addService(health.getHealthService())
                    .build()
                    .start();
        } catch (IOException e) {
            metricsServer.ifPresent(MetricsServer::close);
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("cannot listen on " + address + ": " + cause.getMessage(), e);
        }
    }

    private static Rules rules(CoordinatorConfig config) {
        return new Rules(
                config.fingerprint(),
                config.shards(),
                config.workers(),
                config.joinTimeout().toNanos(),
                config.heartbeatMillis(),
                config.silenceMillis());
    }

    /**
     * Begins to listen and to wait for workers.
     *
     * @throws IOException with a message for the user if a port cannot be had
     */
    public static CoordinatorProcess start(CoordinatorConfig config) throws IOException {
        CoordinatorProcess process = new CoordinatorProcess(config);
        new Thread(process::run, "coordinator-writer").start();
        return process;
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** The port of the metrics page, if there is one. */
    public Optional<Integer> metricsPort() {
        return metricsServer.map(MetricsServer::port);
    }

    /** Waits until the job is over, workers were told, and all ports are closed. */
    public Outcome awaitEnd() throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the coordinator's writer thread died", e.getCause());
        }
    }

    /** Fails the job if it is not over, and waits for the end. */
    @Override
    public void close() {
        mailbox.urgent().execute(() -> coordinator.stop("the coordinator was stopped"));
        outcome.join();
    }

    /** The writer thread. */
    private void run() {
        try {
            runUntilEnd();
            health.enterTerminalState();
            drain();
            outcome.complete(outcomeOf(coordinator.end().orElseThrow()));
        } catch (Throwable e) {
            server.shutdownNow();
            metricsServer.ifPresent(MetricsServer::close);
            outcome.completeExceptionally(e);
        }
    }

    /** A tick goes through the mailbox, so that signs of life that came before it are seen before it. */
    private void runUntilEnd() throws InterruptedException {
        long nextTickNanos = nanoClock.getAsLong() + TICK_NANOS;
        while (coordinator.end().isEmpty()) {
            runTask(Math.max(0, nextTickNanos - nanoClock.getAsLong()));
            long now = nanoClock.getAsLong();
            if (now - nextTickNanos >= 0) {
                mailbox.urgent().execute(coordinator::tick);
                nextTickNanos = now + TICK_NANOS;
            }
        }
    }

    private void runTask(long waitNanos) throws InterruptedException {
        try {
            mailbox.runNext(waitNanos);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a mistake in the coordinator", e);
            coordinator.stop("a mistake in the coordinator: " + e);
        }
    }

    /** Lets streams end, within bounds, so that everybody reads why. */
    private void drain() throws InterruptedException {
        server.shutdown();
        long deadlineNanos = nanoClock.getAsLong() + DRAIN_NANOS;
        while (!server.isTerminated() && nanoClock.getAsLong() - deadlineNanos < 0) {
            runTask(DRAIN_POLL_NANOS);
        }
        server.shutdownNow();
        server.awaitTermination(DRAIN_NANOS, TimeUnit.NANOSECONDS);
        metricsServer.ifPresent(MetricsServer::close);
    }

    private static Outcome outcomeOf(Effect end) {
        return end instanceof Effect.Succeed succeed
                ? new Outcome.Success(succeed.step(), succeed.stateDigest())
                : new Outcome.Failure(((Effect.Fail) end).reason());
    }
}
