package io.syncbn.coordinator.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.syncbn.proto.v1.ControlGrpc;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.ToWorker;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** The service {@code syncbn.v1.Control}: hands what comes to the writer thread. One message of a stream waits at a time. */
public final class ControlService extends ControlGrpc.ControlImplBase {
    private final Coordinator coordinator;
    private final Executor writer;
    private final AtomicLong connections = new AtomicLong();

    public ControlService(Coordinator coordinator, Mailbox mailbox) {
        this.coordinator = coordinator;
        this.writer = mailbox.urgent();
    }

    @Override
    public StreamObserver<FromWorker> attend(StreamObserver<ToWorker> toWorker) {
        ServerCallStreamObserver<ToWorker> call = (ServerCallStreamObserver<ToWorker>) toWorker;
        ControlStream stream = new ControlStream(connections.incrementAndGet(), call);
        call.disableAutoRequest();
        call.setOnCancelHandler(() -> writer.execute(() -> coordinator.closed(stream)));
        writer.execute(() -> {
            coordinator.opened(stream);
            stream.receiveNext();
        });
        return new StreamObserver<>() {
            @Override
            public void onNext(FromWorker message) {
                writer.execute(() -> {
                    coordinator.received(stream, message);
                    stream.receiveNext();
                });
            }

            @Override
            public void onError(Throwable failure) {
                // Told to the cancel handler, which also hears of a break after the worker's last message.
            }

            @Override
            public void onCompleted() {
                writer.execute(() -> coordinator.closed(stream));
            }
        };
    }
}
