package io.syncbn.coordinator.membership;

import java.util.Locale;

/** What a {@linkplain Effect.Note note} is about. */
public enum Topic {
    /** A worker has joined, and counts for the generation being gathered. */
    JOINED,
    /** A worker has joined, and waits for the next generation, a seat, or its name. */
    WAITING,
    REFUSED,
    /** A worker's connection closed. */
    LOST,
    /** A worker was evicted, because it was silent, too late, or violated the protocol. */
    EVICTED,
    /** A worker failed, for a reason of its own. */
    FAULT,
    /** A worker left, as it had asked to. */
    LEFT,
    /** Workers take over another's state. */
    ALIGN,
    /** A generation's shards are dealt. */
    PLAN,
    /** A generation begins. */
    GENERATION,
    /** Every copy of the model was lost, and the job is restored from a checkpoint. */
    RESTORED,
    /** There are too few workers to go on. */
    HOLD,
    /** A frame was damaged, or a data stream broke. */
    DAMAGED,
    /** The others wait for a worker. */
    SLOW,
    /** Something has been waited for a long time. */
    LATE,
    /** A slow worker gets or loses a backup. */
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
