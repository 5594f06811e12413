package io.syncbn.worker.session;

import io.syncbn.proto.v1.ToWorker;
import java.util.Optional;

/** Something that the session has to know. A connection is the number of an attempt; numbers are never reused. */
public sealed interface SessionEvent {

    /** The first event. */
    record Started() implements SessionEvent {}

    /** An event of one connection; ignored if the session no longer uses that connection. */
    sealed interface OfConnection extends SessionEvent {
        long connection();
    }

    /**
     * The coordinator has answered. A connection alone proves nothing: the operating system accepts it for a hanging
     * process.
     */
    record Opened(long connection) implements OfConnection {}

    /** The coordinator sent something. */
    record Received(long connection, ToWorker message) implements OfConnection {}

    /** The coordinator has not answered a keep-alive ping; {@code nanos} is how long it has sent nothing at all. */
    record Silent(long connection, long nanos) implements OfConnection {}

    /** The control stream is over. {@code error}: how it broke; empty if the coordinator ended it. */
    record Closed(long connection, Optional<String> error) implements OfConnection {}

    /** The time that {@link SessionEffect.RetryAfter} asked for is over. */
    record RetryDue() implements SessionEvent {}

    /** The time that {@link SessionEffect.RemindAfter} asked for is over. */
    record TimePassed() implements SessionEvent {}

    /** The training thread has finished a command, and rests. */
    record Done(long command, Result result, Position position) implements SessionEvent {}

    /** How a command ended. */
    enum Result {
        /** Normally; for {@link Command.Train}: the generation has ended with a commit. */
        COMPLETE,
        /** All steps of the job are done. */
        JOB_DONE,
        /** Its waits for sums were ended. */
        ABANDONED
    }

    /** The training thread cannot go on. */
    record CannotGoOn(Fault fault) implements SessionEvent {}

    /** Time has passed. */
    record Tick() implements SessionEvent {}

    /** A data stream of a generation broke, or a frame on it was damaged. */
    record Broken(long generation, String reason) implements SessionEvent {}

    /** This process was asked to leave, and the job to go on without it. */
    record LeaveAsked(String reason) implements SessionEvent {}
}
