package io.syncbn.proto.net;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * Looks up a server's host with the operating system's resolver. gRPC's own resolver refuses names that are invalid on
 * the internet, such as those with an underscore, which container networks assign; and it uses the proxy that Java is
 * configured with, which cannot reach other processes of the job.
 */
final class HostResolver extends NameResolver {
    private final Address server;
    private final Executor executor;
    private Listener2 listener;

    /** @param executor runs the blocking lookup */
    private HostResolver(Address server, Executor executor) {
        this.server = server;
        this.executor = executor;
    }

    /** For one channel, whatever its target. */
    static NameResolver.Factory factory(Address server) {
        return new NameResolver.Factory() {
            @Override
            public NameResolver newNameResolver(URI target, Args args) {
                return new HostResolver(server, args.getOffloadExecutor());
            }

            @Override
            public String getDefaultScheme() {
                return "syncbn";
            }
        };
    }

    @Override
    public String getServiceAuthority() {
        return server.authority();
    }

    @Override
    public void start(Listener2 told) {
        listener = told;
        refresh();
    }

    @Override
    public void refresh() {
        executor.execute(this::resolve);
    }

    private void resolve() {
        try {
            List<EquivalentAddressGroup> addresses = Stream.of(InetAddress.getAllByName(server.host()))
                    .map(address -> new EquivalentAddressGroup(new InetSocketAddress(address, server.port())))
                    .toList();
            listener.onResult(ResolutionResult.newBuilder()
                    .setAddressesOrError(StatusOr.fromValue(addresses))
                    .build());
        } catch (UnknownHostException e) {
            listener.onError(Status.UNAVAILABLE.withDescription("no host is called " + server.host()));
        }
    }

    @Override
    public void shutdown() {}
}
