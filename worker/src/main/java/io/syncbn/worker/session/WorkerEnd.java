package io.syncbn.worker.session;

/** How a worker's work ended, if it did not fail. */
public enum WorkerEnd {
    /** All steps of the job are done. */
    DONE,
    /** The user stopped the job after a commit. */
    STOPPED,
    /** The job goes on without this worker, which had asked to leave. */
    LEFT
}
