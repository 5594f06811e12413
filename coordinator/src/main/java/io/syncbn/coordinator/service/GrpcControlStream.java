package io.syncbn.coordinator.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.syncbn.proto.v1.ToWorker;

/** A control stream over gRPC. */
final class GrpcControlStream implements ControlStream {
    private final long connection;
    private final ServerCallStreamObserver<ToWorker> call;
    private boolean ended;

    GrpcControlStream(long connection, ServerCallStreamObserver<ToWorker> call) {
        this.connection = connection;
        this.call = call;
    }

    @Override
    public long connection() {
        return connection;
    }

    @Override
    public void send(ToWorker message) {
        if (!ended && !call.isCancelled()) {
            call.onNext(message);
        }
    }

    @Override
    public void end() {
        if (!ended && !call.isCancelled()) {
            call.onCompleted();
        }
        ended = true;
    }
}
