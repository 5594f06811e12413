package io.syncbn.coordinator.membership;

/** Where a job stands. */
public enum Phase {
    /** Waits for workers. */
    GATHERING,
    /** Has all its workers, and its shards are dealt. */
    RUNNING,
    /** Nothing more happens. */
    ENDED
}
