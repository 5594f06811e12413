package io.syncbn.coordinator.membership;

import java.util.Locale;

/** What a {@linkplain Effect.Note note} is about. */
public enum Topic {
    /** A worker is in, and counts for the generation to come. */
    JOINED,
    /** A worker is in, and waits for the next generation or for a place. */
    WAITING,
    REFUSED,
    /** A worker's connection closed. */
    LOST,
    /** A worker was sent away, because it was silent, too late, or wrong. */
    EVICTED,
    /** A worker could not go on, for a reason that is its own. */
    FAULT,
    /** A worker has gone as it had said it would. */
    LEFT,
    /** Workers take over another's state. */
    ALIGN,
    /** A generation's shards are dealt. */
    PLAN,
    /** A generation begins. */
    GENERATION,
    /** Every copy of the model was lost, and the job goes back to a checkpoint. */
    RESTORED,
    /** There are too few workers to go on. */
    HOLD,
    /** A frame or a data stream broke. */
    DAMAGED,
    /** The others wait for a worker. */
    SLOW,
    /** Something that is waited for has not come for a long time. */
    LATE,
    /** A slow worker's shards begin, or cease, to be computed by another as well. */
    RERUN,
    /** The user wants the job to end. */
    STOP,
    FINISHED,
    /** The coordinator was started again. */
    RESTARTED,
    /** The job is over: all steps are done. */
    DONE,
    /** The job is over: the user has stopped it. */
    STOPPED,
    /** The job is over. */
    FAILED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
