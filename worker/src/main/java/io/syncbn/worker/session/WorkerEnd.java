package io.syncbn.worker.session;

/** How a worker's work ended, other than by a failure. */
public enum WorkerEnd {
    /** All steps of the job are done. */
    DONE,
    /** The job was stopped after a commit, by the user's wish. */
    STOPPED,
    /** The job goes on without this worker, as it had asked. */
    LEFT
}
