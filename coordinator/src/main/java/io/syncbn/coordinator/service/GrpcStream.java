package io.syncbn.coordinator.service;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.lang.System.Logger.Level;

/**
 * The coordinator's side of a call. An error in gRPC, or an allocation failure, closes only the call's connection,
 * which the coordinator handles like any broken one. It does not count as a bug of a decision, and affects no other
 * connection.
 */
final class GrpcStream<T> {
    private static final System.Logger LOG = System.getLogger("io.syncbn.coordinator");

    private final ServerCall<?, T> call;
    private final Runnable hangUp;
    private boolean isClosed;

    /** @param hangUp ends the call's connection */
    GrpcStream(ServerCall<?, T> call, Runnable hangUp) {
        this.call = call;
        this.hangUp = hangUp;
    }

    /** Does nothing if the stream is closed, by either side. */
    void send(T message) {
        if (!isClosed && !call.isCancelled()) {
            carefully(() -> call.sendMessage(message));
        }
    }

    boolean isReady() {
        return isClosed || call.isReady();
    }

    void receiveNext() {
        if (!isClosed) {
            carefully(() -> call.request(1));
        }
    }

    /** Ends the stream after what was sent; calls after the first do nothing. */
    void close(Status status) {
        if (!isClosed) {
            isClosed = true;
            carefully(() -> call.close(status, new Metadata()));
        }
    }

    private void carefully(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | OutOfMemoryError e) {
            isClosed = true;
            LOG.log(Level.WARNING, "a connection is given up: {0}", e);
            hangUp.run();
        }
    }
}
