package io.syncbn.coordinator.service;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.lang.System.Logger.Level;

/**
 * The coordinator's side of a call. What goes wrong with one, in gRPC or for want of memory, ends its connection, which the
 * coordinator hears of as of any that breaks; it is no mistake of a decision, and no other connection's business.
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

    /** Does nothing if the stream is closed, or was by the other side. */
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
