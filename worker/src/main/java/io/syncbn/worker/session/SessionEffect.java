package io.syncbn.worker.session;

import io.syncbn.proto.v1.FromWorker;

/** Something to be done because of a decision. Effects are carried out in their order. */
public sealed interface SessionEffect {

    /** Opens a control stream; one that was open before is given up. */
    record Connect(long connection) implements SessionEffect {}

    /** Asks for {@link SessionEvent.RetryDue}. */
    record RetryAfter(long nanos) implements SessionEffect {}

    /** Asks for {@link SessionEvent.TimePassed}. */
    record RemindAfter(long nanos) implements SessionEffect {}

    /** Sends a message on the present control stream. */
    record Send(FromWorker message) implements SessionEffect {}

    /** From now on, sends a sign of life that often on the present control stream. */
    record HeartbeatEvery(int millis) implements SessionEffect {}

    /**
     * Ends the waits for sums of whatever is under way, except, for a while, those of steps that are committed: their sums
     * are on the way.
     *
     * @param committedStep {@link #NONE} to end all at once
     */
    record EndWaits(long committedStep, String reason) implements SessionEffect {
        static final long NONE = -1;
    }

    /** Tells the training thread what to do next, in place of what it was told before and has not begun. */
    record Do(long number, Command command) implements SessionEffect {}

    /** Something happened that people want to read of. */
    record Log(String text) implements SessionEffect {}

    /** After which there are no more. */
    sealed interface Last extends SessionEffect {}

    /** The worker's work is over. */
    record End(WorkerEnd end) implements Last {}

    /** The job has failed, or the worker cannot take part in it. */
    record Fail(String reason) implements Last {}

    /**
     * This worker alone cannot go on.
     *
     * @param hangs whether the training thread does not come back, so that the process has to end without it
     */
    record FailAlone(String reason, boolean hangs) implements Last {}
}
