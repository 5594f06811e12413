package io.syncbn.worker.record;

/** How a job ends that has no result. */
public enum RunEnd {
    /** On purpose, after a checkpoint from which it can go on. */
    STOPPED,
    FAILED
}
