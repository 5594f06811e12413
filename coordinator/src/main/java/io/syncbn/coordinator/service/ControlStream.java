package io.syncbn.coordinator.service;

import io.grpc.stub.ServerCallStreamObserver;
import io.syncbn.proto.v1.ToWorker;

/** A worker's control stream, from the coordinator's side. Belongs to the event loop. */
final class ControlStream {
    private final long connection;
    private final ServerCallStreamObserver<ToWorker> call;
    private boolean ended;

    ControlStream(long connection, ServerCallStreamObserver<ToWorker> call) {
        this.connection = connection;
        this.call = call;
    }

    /** Number of this stream, never used again. */
    long connection() {
        return connection;
    }

    void send(ToWorker message) {
        if (!ended && !call.isCancelled()) {
            call.onNext(message);
        }
    }

    /** Ends the stream after what was sent; calls after the first do nothing. */
    void end() {
        if (!ended && !call.isCancelled()) {
            call.onCompleted();
        }
        ended = true;
    }
}
