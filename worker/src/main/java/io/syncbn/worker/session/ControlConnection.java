package io.syncbn.worker.session;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.syncbn.proto.net.Address;
import io.syncbn.proto.net.Channels;
import io.syncbn.proto.v1.ControlGrpc;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.ToWorker;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One control stream, on a connection of its own. Sending is thread-safe; events come on the connection's event loop. */
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
        Channels.whenConnected(channel).thenRun(() -> events.accept(new SessionEvent.Opened(number)));
        out = ControlGrpc.newStub(channel).attend(this);
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

    /** Sends no more, and hears no more. */
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

    @Override
    public void onNext(ToWorker message) {
        events.accept(new SessionEvent.Received(number, message));
    }

    @Override
    public void onError(Throwable error) {
        Status status = Status.fromThrowable(error);
        String detail = status.getDescription() == null ? "" : ", " + status.getDescription();
        events.accept(new SessionEvent.Closed(number, Optional.of(status.getCode() + detail)));
    }

    @Override
    public void onCompleted() {
        events.accept(new SessionEvent.Closed(number, Optional.empty()));
    }
}
