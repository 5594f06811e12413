package io.syncbn.worker.session;

/** Where a worker stands in its conversation with the coordinator. */
public enum SessionState {
    /** There is no control stream; joins as soon as its replica rests and the next attempt is due. */
    OFFLINE,
    /** Has sent its Join, and no message has come yet. */
    JOINING,
    /** Rests without a place, until it is dealt one. */
    WAITING,
    /** Looks for a checkpoint of a later step than its own state. */
    RESTORING,
    /** Gets what the shards that it was dealt need. */
    PREPARING,
    /** Has said where it stands, and waits for the generation to begin. */
    READY,
    /** Sends its state to those who are behind, or takes over the furthest one's. */
    ALIGNING,
    /** Trains, or has come to the generation's last commit and waits to hear what comes next. */
    TRAINING,
    /** All steps of the job are done, and it has said so; the coordinator ends the stream when all workers have. */
    FINISHED,
    /** Keeps a checkpoint, because the job is to stop here. */
    STOPPING,
    /** Has said where it stopped; the coordinator ends the stream when all workers have. */
    STOPPED,
    /** Was let go, as it had asked; keeps a checkpoint, and ends. */
    LEAVING,
    /** Its work is over, or has failed. Nothing that happens changes anything any more. */
    OVER;

    /** Whether there is a control stream on which this worker has sent its Join. */
    boolean isConnected() {
        return this != OFFLINE && this != OVER;
    }

    /** Whether this worker has said what it came to, so that the stream may end at any time. */
    boolean hasFinished() {
        return this == FINISHED || this == STOPPED;
    }
}
