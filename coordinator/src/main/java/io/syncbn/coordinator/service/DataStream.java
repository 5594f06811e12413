package io.syncbn.coordinator.service;

import io.grpc.Status;
import io.syncbn.proto.sums.StreamKind;
import io.syncbn.proto.wire.DataFrame;

/** One of a worker's data streams, from the coordinator's side. Belongs to the event loop. */
public interface DataStream {

    StreamKind kind();

    /** The generation that the worker named when it opened the stream. */
    long generation();

    /** The number that the worker named when it opened the stream. */
    int worker();

    /** Does nothing if the stream is closed. */
    void send(DataFrame frame);

    /** Whether the worker has taken all that was sent to it, apart from what the connection buffers anyway. */
    boolean isReady();

    /** Asks for one more frame. */
    void receiveNext();

    /** Ends the stream after what was sent; calls after the first do nothing. */
    void close(Status status);
}
