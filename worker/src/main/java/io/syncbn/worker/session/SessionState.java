package io.syncbn.worker.session;

/** The state of a worker's conversation with the coordinator. */
public enum SessionState {
    /** Has no control stream; joins as soon as its replica rests and the next attempt is due. */
    OFFLINE,
    /** Has sent its Join, and received no message yet. */
    JOINING,
    /** Rests without a seat, until it gets a Plan. */
    WAITING,
    /** Looks for a checkpoint of a later step than its own state. */
    RESTORING,
    /** Prepares for the shards that it was dealt. */
    PREPARING,
    /** Has reported its position, and waits for the generation to begin. */
    READY,
    /** Sends its state to the workers behind, or takes over the furthest one's. */
    ALIGNING,
    /** Trains, or has reached the generation's last commit and waits for the next message. */
    TRAINING,
    /** Has reported that all steps of the job are done; the coordinator ends the stream when all workers have. */
    FINISHED,
    /** Keeps a checkpoint, because the job stops here. */
    STOPPING,
    /** Has reported where it stopped; the coordinator ends the stream when all workers have. */
    STOPPED,
    /** Was released, as it had asked; keeps a checkpoint, and ends. */
    LEAVING,
    /** Its work is over, or has failed. Further events change nothing. */
    OVER;

    /** Whether this worker has a control stream on which it has sent its Join. */
    boolean isConnected() {
        return this != OFFLINE && this != OVER;
    }

    /** Whether this worker has reported its result, so that the stream may end at any time. */
    boolean hasFinished() {
        return this == FINISHED || this == STOPPED;
    }
}
