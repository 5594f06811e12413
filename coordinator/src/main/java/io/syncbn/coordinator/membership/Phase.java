package io.syncbn.coordinator.membership;

/** The phase of a job. */
public enum Phase {
    /** Waits for workers: at the beginning, and whenever there are too few or none has the state. */
    GATHERING,
    /** A generation's shards are dealt; its workers prepare, and reach the same state. */
    ALIGNING,
    /** Steps are computed. */
    RUNNING,
    /** The user has stopped the job; workers keep a checkpoint. */
    STOPPING,
    /** Nothing more happens. */
    ENDED,
    /** All steps are done, and nothing more happens. */
    DONE
}
