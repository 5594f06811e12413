package io.syncbn.coordinator.membership;

import io.syncbn.proto.v1.Finished;
import io.syncbn.proto.v1.Join;
import io.syncbn.proto.v1.Ready;
import java.util.List;

/** Something that membership has to know. A connection is the number of a control stream; numbers are never reused. */
public sealed interface Event {

    /** A worker asks to join. */
    record Joined(long connection, Join join) implements Event {}

    /** A worker is alive, and has {@code step} steps in its state. */
    record Heard(long connection, long step) implements Event {}

    /** A worker reports its state; its data streams are open. */
    record BecameReady(long connection, Ready ready) implements Event {}

    /** A worker has looked for a checkpoint, and reports its state's step. */
    record Restored(long connection, long step, boolean isFromCheckpoint) implements Event {}

    /** A worker wants to leave. */
    record Leaving(long connection, String reason) implements Event {}

    /**
     * A worker cannot go on.
     *
     * @param isOfJob whether every other worker would fail too
     * @param fault identifies equal faults
     */
    record WorkerFailed(long connection, boolean isOfJob, String fault, String reason) implements Event {}

    /** A worker has done the last step, or what a stop asks for. */
    record WorkerFinished(long connection, Finished finished) implements Event {}

    /** A control stream has ended, for whatever reason. */
    record ControlClosed(long connection) implements Event {}

    /** A frame was damaged, or a data stream broke, at either end of a worker's connection. */
    record Damaged(long connection, long generation, String reason) implements Event {}

    /** A worker has violated the protocol. */
    record Misbehaved(long connection, String reason) implements Event {}

    /** Workers of a generation have kept the others waiting past the deadline. */
    record Overdue(long generation, List<Integer> workers, String reason) implements Event {}

    /** Workers of a generation that have no backup were slow in so many steps in a row that they should get one. */
    record Straggling(long generation, List<Integer> workers) implements Event {}

    /**
     * A worker of a generation was faster than its backup.
     *
     * @param steps for how many steps in a row
     */
    record KeepingUp(long generation, int worker, int steps) implements Event {}

    /** All sums of a step are complete. */
    record StepCommitted(long step) implements Event {}

    /** The user wants the job to end. */
    record StopRequested(String reason) implements Event {}

    /** The job cannot go on, for a reason outside membership. */
    record Failed(String reason) implements Event {}

    /** Time has passed. */
    record Tick() implements Event {}
}
