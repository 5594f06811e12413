package io.syncbn.coordinator.service;

import io.grpc.ServerCall;
import io.grpc.Status;
import io.syncbn.proto.net.Guest;
import io.syncbn.proto.v1.ToWorker;

/** A control stream over gRPC. */
final class GrpcControlStream implements ControlStream {
    private final long connection;
    private final GrpcStream<ToWorker> stream;

    GrpcControlStream(long connection, ServerCall<?, ToWorker> call) {
        this.connection = connection;
        stream = new GrpcStream<>(call, Guest.of(call)::hangUp);
    }

    @Override
    public long connection() {
        return connection;
    }

    @Override
    public void send(ToWorker message) {
        stream.send(message);
    }

    void receiveNext() {
        stream.receiveNext();
    }

    @Override
    public void end() {
        stream.close(Status.OK);
    }

    void close(Status status) {
        stream.close(status);
    }
}
