package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Join;

/** Something that membership has to know. A connection is the number of a control stream; numbers are never used again. */
public sealed interface Event {

    /** A worker introduces itself. */
    record Joined(long connection, Join join) implements Event {}

    /** A worker is alive. */
    record Heard(long connection) implements Event {}

    /** A worker cannot go on. */
    record WorkerFailed(long connection, String reason) implements Event {}

    /** A worker has done the last step. */
    record WorkerFinished(long connection, Finished finished) implements Event {}

    /** A control stream has ended, however. */
    record ControlClosed(long connection) implements Event {}

    /** A data stream has broken, as opposed to having been ended by the worker. */
    record DataBroken(long generation, int worker, String stream) implements Event {}

    /** All sums of a step are complete. */
    record StepCommitted(long step) implements Event {}

    /** The job cannot go on, for a reason outside membership. */
    record Stopped(String reason) implements Event {}

    /** Time has passed. */
    record Tick() implements Event {}
}
