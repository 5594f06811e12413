package io.syncbn.coordinator.membership;

import io.syncbn.proto.tree.Assignment;
import io.syncbn.proto.v1.ToWorker;
import java.util.List;
import java.util.Optional;

/** Something to be done because of a decision. Effects are carried out in their order. */
public sealed interface Effect {

    /** A message on a worker's control stream. */
    record Send(long connection, ToWorker message) implements Effect {}

    /** Ends a worker's control stream, after what was sent. */
    record End(long connection) implements Effect {}

    /** The data streams of this generation end, and with them all that was not committed. */
    record EndGeneration(long generation) implements Effect {}

    /**
     * States may come from one worker, to be handed on to others.
     *
     * @param source worker's number
     * @param targets workers' numbers
     * @param step that all stand at afterwards
     */
    record Relay(int source, List<Integer> targets, long step) implements Effect {}

    /** Sums of this generation may come, from the step after {@code committedStep} on. */
    record BeginGeneration(Assignment assignment, long committedStep) implements Effect {}

    /** The step being computed is the generation's last. */
    record EndWithStep() implements Effect {}

    /**
     * Something changed that people want to read of, in the log and in the file of events.
     *
     * @param step steps committed
     * @param worker whom it is about, if it is one
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
         * Whether this must be on the disk before the effects after it are carried out: a generation's number, before anybody
         * computes in it; and that the job is done, before its workers go.
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
