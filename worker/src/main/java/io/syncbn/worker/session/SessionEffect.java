package io.syncbn.worker.session;

import io.syncbn.proto.v1.FromWorker;

/** Something to do because of a decision. Effects are carried out in order. */
public sealed interface SessionEffect {

    /** Opens a control stream, and closes the previous one. */
    record Connect(long connection) implements SessionEffect {}

    /** Asks for {@link SessionEvent.RetryDue}. */
    record RetryAfter(long nanos) implements SessionEffect {}

    /** Asks for {@link SessionEvent.TimePassed}. */
    record RemindAfter(long nanos) implements SessionEffect {}

    /** Sends a message on the present control stream. */
    record Send(FromWorker message) implements SessionEffect {}

    /** From now on, sends a heartbeat at this interval on the present control stream. */
    record HeartbeatEvery(int millis) implements SessionEffect {}

    /**
     * Ends the waits for sums of the command under way. Waits for sums of committed steps go on for a while, because
     * these sums are on their way.
     *
     * @param committedStep {@link #NONE} to end all at once
     */
    record EndWaits(long committedStep, String reason) implements SessionEffect {
        static final long NONE = -1;
    }

    /** Gives the training thread its next command, which replaces one that it has not begun. */
    record Do(long number, Command command) implements SessionEffect {}

    /** Logs something of interest to people. */
    record Log(String text) implements SessionEffect {}

    /** The last effect of a session. */
    sealed interface Last extends SessionEffect {}

    /** The worker's work is over. */
    record End(WorkerEnd end) implements Last {}

    /** The job has failed, or the worker cannot take part in it. */
    record Fail(String reason) implements Last {}

    /**
     * This worker alone cannot go on.
     *
     * @param hangs whether the training thread hangs, so that the process has to end without it
     */
    record FailAlone(String reason, boolean hangs) implements Last {}
}
