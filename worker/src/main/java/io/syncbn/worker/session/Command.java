package io.syncbn.worker.session;

import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Plan;

/** What the training thread has to do next. */
public sealed interface Command {

    /** What it has to achieve, as text for messages. */
    default String inWords() {
        return "rest";
    }

    /** Nothing: come to rest and report the position. */
    record Rest() implements Command {}

    /** Load the rows, and set up the layers and connections, that a generation needs. */
    record Prepare(Plan plan) implements Command {
        @Override
        public String inWords() {
            return "be ready for its shards";
        }
    }

    /** Send the state to the workers that are behind. */
    record SendState(Align align) implements Command {}

    /**
     * Take over the source's state: from its frames if this replica is steps behind, else only the data's statistics.
     */
    record TakeState(Align align, boolean isBehind) implements Command {}

    /** Train until the job is done or the generation ends. */
    record Train() implements Command {}

    /** Load the newest checkpoint, if it is further than this replica. */
    record Restore() implements Command {}

    /**
     * Keep a checkpoint, because the job, or this worker's part in it, ends here.
     *
     * @param isChosen whether the coordinator chose this worker; otherwise it keeps one only if it has been writing the
     *     run directory
     */
    record Keep(boolean isChosen) implements Command {
        @Override
        public String inWords() {
            return "have kept a checkpoint";
        }
    }
}
