package io.syncbn.coordinator.service;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.syncbn.proto.wire.DataFrame;
import java.io.InputStream;

/** A data stream over gRPC. */
final class GrpcDataStream implements DataStream {
    private final StreamKind kind;
    private final long generation;
    private final int worker;
    private final ServerCall<InputStream, DataFrame> call;
    private boolean closed;

    GrpcDataStream(StreamKind kind, long generation, int worker, ServerCall<InputStream, DataFrame> call) {
        this.kind = kind;
        this.generation = generation;
        this.worker = worker;
        this.call = call;
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
        if (!closed) {
            call.sendMessage(frame);
        }
    }

    @Override
    public boolean isReady() {
        return closed || call.isReady();
    }

    @Override
    public void receiveNext() {
        if (!closed) {
            call.request(1);
        }
    }

    @Override
    public void close(Status status) {
        if (!closed) {
            closed = true;
            call.close(status, new Metadata());
        }
    }
}
