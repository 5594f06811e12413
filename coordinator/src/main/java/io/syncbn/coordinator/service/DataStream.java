package io.syncbn.coordinator.service;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.syncbn.proto.wire.DataFrame;
import java.io.InputStream;

/** One of a worker's data streams, from the coordinator's side. Belongs to the event loop. */
final class DataStream {
    private final StreamKind kind;
    private final long generation;
    private final int worker;
    private final ServerCall<InputStream, DataFrame> call;
    private boolean closed;

    DataStream(StreamKind kind, long generation, int worker, ServerCall<InputStream, DataFrame> call) {
        this.kind = kind;
        this.generation = generation;
        this.worker = worker;
        this.call = call;
    }

    StreamKind kind() {
        return kind;
    }

    /** The generation that the worker named when it opened the stream. */
    long generation() {
        return generation;
    }

    /** The number that the worker named when it opened the stream. */
    int worker() {
        return worker;
    }

    boolean isClosed() {
        return closed;
    }

    void send(DataFrame frame) {
        if (!closed) {
            call.sendMessage(frame);
        }
    }

    /** Asks for one more frame. */
    void receiveNext() {
        call.request(1);
    }

    /** Ends the stream after what was sent; calls after the first do nothing. */
    void close(Status status) {
        if (!closed) {
            closed = true;
            call.close(status, new Metadata());
        }
    }
}
