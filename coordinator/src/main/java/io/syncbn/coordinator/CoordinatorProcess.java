package io.syncbn.coordinator;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.syncbn.coordinator.journal.EventsFile;
import io.syncbn.coordinator.journal.Journal;
import io.syncbn.coordinator.membership.Effect;
import io.syncbn.coordinator.membership.Recovered;
import io.syncbn.coordinator.service.ControlService;
import io.syncbn.coordinator.service.Coordinator;
import io.syncbn.coordinator.service.CoordinatorMetrics;
import io.syncbn.coordinator.service.ReductionService;
import io.syncbn.coordinator.service.Strangers;
import io.syncbn.coordinator.service.Visits;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.net.Guests;
import io.syncbn.proto.net.MetricsServer;
import io.syncbn.proto.net.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A running coordinator: its server, its metrics page, and the event loop that owns all its state.
 *
 * <p>Ends by itself when the job does. Thread-safe.
 */
public final class CoordinatorProcess implements AutoCloseable {
    /** Resolution of the silence and join timeouts. */
    private static final long TICK_MILLIS = 100;

    /** How long workers have after the end to read their last message and close their streams. */
    private static final long DRAIN_MILLIS = 3000;

    /** Connections allowed for people and health probes, beside those of workers that are about to join. */
    private static final int MOST_PROBES = 256;

    /** A worker's connections, and those of its replacement before the end of the old ones is noticed. */
    private static final int CONNECTIONS_OF_A_WORKER = 6;

    private final HealthStatusManager health = new HealthStatusManager();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final EventLoopGroup loop = Transport.eventLoop("coordinator");
    private final Coordinator coordinator;
    private final Strangers strangers;
    private final Guests guests;
    private final Address address;
    /** The server at the port, and the one at the local socket beside it if there is one. */
    private final List<Server> servers = new ArrayList<>();

    private final Optional<MetricsServer> metricsServer;
    private final Optional<EventsFile> events;

    private CoordinatorProcess(CoordinatorConfig config) throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        CoordinatorMetrics metrics = new CoordinatorMetrics(registry);
        events = config.journal().isPresent()
                ? Optional.of(EventsFile.open(
                        config.journal().get(), config.rules().fingerprint(), System::currentTimeMillis))
                : Optional.empty();
        events.ifPresent(file -> file.whenItFails(metrics::eventLost));
        coordinator = new Coordinator(
                config.rules(),
                config.groupSize(),
                Recovered.from(events.map(EventsFile::earlier).orElse(List.of())),
                System::nanoTime,
                metrics,
                events.<Journal>map(file -> (note, whenKept) -> file.keep(note, () -> execute(whenKept)))
                        .orElse(Journal.NONE),
                config.spectator());
        metricsServer = config.metrics().isPresent()
                ? Optional.of(serve(registry, config.metrics().get()))
                : Optional.empty();
        strangers = new Strangers(System::nanoTime, metrics::stranger);
        guests = new Guests(
                MOST_PROBES + CONNECTIONS_OF_A_WORKER * config.rules().workers().most(), strangers::say);
        ServerServiceDefinition control = ControlService.create(coordinator, strangers);
        address = new Address(
                config.listen().host(), listen(config.listen(), control).getPort());
        if (hasLocal(address)) {
            listen(address.local(), control);
        }
    }

    private Server listen(Address bind, ServerServiceDefinition control) throws IOException {
        try {
            Server server = guests.receive(Channels.server(bind, loop), bind)
                    .addService(control)
                    .addService(ReductionService.create(coordinator))
                    .addService(ServerInterceptors.intercept(health.getHealthService(), new Visits()))
                    .build()
                    .start();
            servers.add(server);
            return server;
        } catch (IOException e) {
            metricsServer.ifPresent(MetricsServer::close);
            release();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String reason = cause instanceof UnresolvedAddressException
                    ? "no host is called " + bind.host()
                    : cause.getMessage() == null ? cause.toString() : cause.getMessage();
            throw new IOException("cannot listen on " + bind + ": " + reason, e);
        }
    }

    private MetricsServer serve(PrometheusMeterRegistry registry, Address at) throws IOException {
        try {
            return MetricsServer.start(at, "syncbn coordinator", registry);
        } catch (IOException e) {
            release();
            throw e;
        }
    }

    /** Releases what a process that failed to start has acquired so far. */
    private void release() throws IOException {
        servers.forEach(Server::shutdownNow);
        loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
        if (events.isPresent()) {
            events.get().close();
        }
    }

    /** Whether to open a local socket too: for servers that only this machine can reach. */
    private static boolean hasLocal(Address address) {
        return Transport.hasLocal()
                && new InetSocketAddress(address.host(), address.port())
                        .getAddress()
                        .isLoopbackAddress();
    }

    /**
     * Starts listening, and waiting for workers.
     *
     * @throws IOException with a message for the user if a port is not available
     */
    public static CoordinatorProcess start(CoordinatorConfig config) throws IOException {
        CoordinatorProcess process = new CoordinatorProcess(config);
        process.loop.scheduleAtFixedRate(process::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        process.coordinator.end().thenAccept(end -> new Thread(() -> process.drain(end), "coordinator-end").start());
        return process;
    }

    private void tick() {
        coordinator.run(coordinator::tick);
        events.ifPresent(file -> file.watch(System.nanoTime()));
        strangers.tick();
    }

    /** The port it listens on. */
    public int port() {
        return address.port();
    }

    /** Where it listens. */
    public Address address() {
        return address;
    }

    /** The fastest address for workers on this machine: its local socket, if it has one. */
    public Address nearAddress() {
        return servers.size() > 1 ? address.local() : address;
    }

    /** URL of the metrics page, if there is one. */
    public Optional<String> metricsUrl() {
        return metricsServer.map(MetricsServer::url);
    }

    /** Waits until the job is over, workers have been told, and all ports are closed. */
    public Outcome awaitEnd() throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the coordinator could not end", e.getCause());
        }
    }

    /** Lets the job end at the next commit, with a checkpoint; calls after the first do nothing. */
    public void requestStop(String reason) {
        execute(() -> coordinator.requestStop(reason));
    }

    /** Fails the job if it is not over, and waits for the end. */
    @Override
    public void close() {
        execute(() -> coordinator.fail("the coordinator was stopped"));
        outcome.join();
    }

    private void execute(Runnable decision) {
        try {
            loop.execute(() -> coordinator.run(decision));
        } catch (RejectedExecutionException e) {
            return; // the job has ended, and the loop with it
        }
    }

    /** Waits a bounded time for streams to end, so that every worker reads the reason. */
    private void drain(Effect.Last end) {
        try {
            health.enterTerminalState();
            servers.forEach(Server::shutdown);
            awaitTermination();
            servers.forEach(Server::shutdownNow);
            awaitTermination();
            metricsServer.ifPresent(MetricsServer::close);
            loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
            if (events.isPresent()) {
                events.get().close();
            }
            outcome.complete(outcomeOf(end));
        } catch (InterruptedException | IOException | RuntimeException e) {
            outcome.completeExceptionally(e);
        }
    }

    private void awaitTermination() throws InterruptedException {
        for (Server server : servers) {
            server.awaitTermination(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static Outcome outcomeOf(Effect.Last end) {
        if (end instanceof Effect.Succeed succeed) {
            return new Outcome.Success(succeed.step(), succeed.stateDigest());
        } else if (end instanceof Effect.Stop stop) {
            return new Outcome.Stopped(stop.step(), stop.stateDigest());
        }
        return new Outcome.Failure(((Effect.Fail) end).reason());
    }
}
