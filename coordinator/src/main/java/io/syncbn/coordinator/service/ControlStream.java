package io.syncbn.coordinator.service;

import io.syncbn.proto.v1.ToWorker;

/** A worker's control stream, from the coordinator's side. Belongs to the event loop. */
public interface ControlStream {

    /** Number of this stream; never reused. */
    long connection();

    /** Does nothing if the stream has ended. */
    void send(ToWorker message);

    /** Ends the stream after what was sent; calls after the first do nothing. */
    void end();
}
