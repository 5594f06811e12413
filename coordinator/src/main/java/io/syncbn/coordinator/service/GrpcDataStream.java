package io.syncbn.coordinator.service;

import io.grpc.ServerCall;
import io.grpc.Status;
import io.syncbn.proto.net.Guest;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.wire.DataFrame;

/** A data stream over gRPC. */
final class GrpcDataStream implements DataStream {
    private final StreamKind kind;
    private final long generation;
    private final int worker;
    private final GrpcStream<DataFrame> stream;

    GrpcDataStream(StreamKind kind, long generation, int worker, ServerCall<?, DataFrame> call) {
        this.kind = kind;
        this.generation = generation;
        this.worker = worker;
        stream = new GrpcStream<>(call, Guest.of(call)::hangUp);
    }

    @Override
    public StreamKind kind() {
        return kind;
    }

    @Override
    public long generation() {
        return generation;
    }

    @Override
    public int worker() {
        return worker;
    }

    @Override
    public void send(DataFrame frame) {
        stream.send(frame);
    }

    @Override
    public boolean isReady() {
        return stream.isReady();
    }

    @Override
    public void receiveNext() {
        stream.receiveNext();
    }

    @Override
    public void close(Status status) {
        stream.close(status);
    }
}
