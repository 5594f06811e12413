package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.Optional;

/** Something to do because of a decision. Effects are carried out in order. */
public sealed interface Effect {

    /** A message on a worker's control stream. */
    record Send(long connection, ToWorker message) implements Effect {}

    /** Ends a worker's control stream, after what was sent. */
    record End(long connection) implements Effect {}

    /** Ends the data streams of this generation, and drops all that was not committed. */
    record EndGeneration(long generation) implements Effect {}

    /**
     * Accepts one worker's state from here on, to relay it to others.
     *
     * @param source worker's number
     * @param targets workers' numbers
     * @param step the step at which all workers are afterwards
     */
    record Relay(int source, List<Integer> targets, long step) implements Effect {}

    /** Accepts this generation's sums, from the step after {@code committedStep} on. */
    record BeginGeneration(Assignment assignment, long committedStep) implements Effect {}

    /** The step being computed is the generation's last. */
    record EndWithStep() implements Effect {}

    /**
     * Something to report, in the log and in the file of events.
     *
     * @param step steps committed
     * @param worker the worker it is about, if it is about one
     * @param workers who computes what from here on, if that changes
     * @param digest of model and optimizer, where it is known
     * @param text a sentence
     */
    record Note(
            Topic topic,
            long generation,
            long step,
            Optional<String> worker,
            List<Assignment.Seat> workers,
            Optional<String> digest,
            String text)
            implements Effect {

        /**
         * Whether this must be on the disk before later effects are carried out: a generation's number, before any
         * worker computes in it; and that the job is done, before its workers leave.
         */
        public boolean isToBeKept() {
            return topic == Topic.GENERATION || topic == Topic.DONE;
        }
    }

    /** How the job ended; the last effect of a job. */
    sealed interface Last extends Effect {}

    /** The job has ended well. */
    record Succeed(long step, String stateDigest) implements Last {}

    /** The job has ended because the user stopped it. */
    record Stop(long step, String stateDigest) implements Last {}

    /** The job has failed. */
    record Fail(String reason) implements Last {}
}
