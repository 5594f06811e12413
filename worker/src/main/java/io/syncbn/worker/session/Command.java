package io.syncbn.worker.session;

import io.syncbn.proto.v1.Align;
import io.syncbn.proto.v1.Plan;

/** What the training thread is to do next. */
public sealed interface Command {

    /** What it is to come to, in words. */
    default String inWords() {
        return "rest";
    }

    /** Nothing: come to rest and say where. */
    record Rest() implements Command {}

    /** Get the rows, layers and connections that a generation needs. */
    record Prepare(Plan plan) implements Command {
        @Override
        public String inWords() {
            return "be ready for its shards";
        }
    }

    /** Send the state to those that are behind. */
    record SendState(Align align) implements Command {}

    /** Take over the source's state: from its frames if this replica is steps behind, else just the statistics of the data. */
    record TakeState(Align align, boolean isBehind) implements Command {}

    /** Train until the job is done or the generation ends. */
    record Train() implements Command {}

    /** Take over the newest checkpoint, if it is further than this replica. */
    record Restore() implements Command {}

    /**
     * Keep a checkpoint, because the job, or this worker's part in it, is to end here.
     *
     * @param isChosen whether the coordinator wants it of this worker; else it does if it has been writing the run
     */
    record Keep(boolean isChosen) implements Command {
        @Override
        public String inWords() {
            return "have kept a checkpoint";
        }
    }
}
