package io.syncbn.worker.session.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.v1.ControlGrpc;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.ToWorker;
import io.syncbn.worker.session.SessionEvent;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One control stream, on its own connection. Sending is thread-safe; events are called on the connection's event loop.
 */
final class ControlConnection implements StreamObserver<ToWorker> {
    private final long number;
    private final Consumer<SessionEvent> events;
    private final ManagedChannel channel;
    private final StreamObserver<FromWorker> out;
    private boolean isClosed;

    private ControlConnection(long number, Address coordinator, EventLoopGroup loop, Consumer<SessionEvent> events) {
        this.number = number;
        this.events = events;
        channel = Channels.open(coordinator, loop);
        out = ControlGrpc.newStub(ClientInterceptors.intercept(channel, new Answer()))
                .attend(this);
    }

    static ControlConnection open(
            long number, Address coordinator, EventLoopGroup loop, Consumer<SessionEvent> events) {
        return new ControlConnection(number, coordinator, loop, events);
    }

    synchronized void send(FromWorker message) {
        if (!isClosed) {
            out.onNext(message);
        }
    }

    /** Closes the connection at once, in both directions. */
    synchronized void close() {
        isClosed = true;
        channel.shutdownNow();
    }

    /** Ends the stream after what was sent, and waits for the other side to end it too. */
    void end(long patienceMillis) {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            out.onCompleted();
            channel.shutdown();
        }
        try {
            channel.awaitTermination(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channel.shutdownNow();
    }

    /** Notices the coordinator's first answer, its headers. */
    private final class Answer implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    super.start(new Headers<>(listener), headers);
                }
            };
        }
    }

    private final class Headers<A> extends SimpleForwardingClientCallListener<A> {
        Headers(ClientCall.Listener<A> listener) {
            super(listener);
        }

        @Override
        public void onHeaders(Metadata headers) {
            events.accept(new SessionEvent.Opened(number));
            super.onHeaders(headers);
        }
    }

    @Override
    public void onNext(ToWorker message) {
        events.accept(new SessionEvent.Received(number, message));
    }

    @Override
    public void onError(Throwable error) {
        Status status = Status.fromThrowable(error);
        if (Channels.isSilence(status)) {
            events.accept(new SessionEvent.Silent(number, Channels.SILENCE_NANOS));
        }
        String detail = status.getDescription() == null ? "" : ", " + status.getDescription();
        events.accept(new SessionEvent.Closed(number, Optional.of(status.getCode() + detail)));
    }

    @Override
    public void onCompleted() {
        events.accept(new SessionEvent.Closed(number, Optional.empty()));
    }
}
