package io.syncbn.coordinator.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.syncbn.proto.v1.ControlGrpc;
import io.syncbn.proto.v1.FromWorker;
import io.syncbn.proto.v1.ToWorker;

/** The service {@code syncbn.v1.Control}: hands what comes to the coordinator. */
public final class ControlService extends ControlGrpc.ControlImplBase {
    private final Coordinator coordinator;
    private long connections;

    public ControlService(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public StreamObserver<FromWorker> attend(StreamObserver<ToWorker> toWorker) {
        ServerCallStreamObserver<ToWorker> call = (ServerCallStreamObserver<ToWorker>) toWorker;
        ControlStream stream = new GrpcControlStream(++connections, call);
        call.setOnCancelHandler(() -> coordinator.run(() -> coordinator.closed(stream)));
        coordinator.run(() -> coordinator.opened(stream));
        return new StreamObserver<>() {
            @Override
            public void onNext(FromWorker message) {
                coordinator.run(() -> coordinator.received(stream, message));
            }

            @Override
            public void onError(Throwable failure) {
                // Told to the cancel handler, which also hears of a break after the worker's last message.
            }

            @Override
            public void onCompleted() {
                coordinator.run(() -> coordinator.closed(stream));
            }
        };
    }
}
