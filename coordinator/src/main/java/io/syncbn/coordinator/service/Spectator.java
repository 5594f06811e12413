package io.syncbn.coordinator.service;

import io.syncbn.coordinator.membership.Effect;
import io.syncbn.proto.v1.Report;

/**
 * Sees what happens in a job, and decides nothing. Called by the event loop, which it must not block: whatever takes
 * time belongs to a thread of its own.
 */
public interface Spectator {

    /** Sees nothing. */
    Spectator NONE = new Spectator() {};

    /** Something that the journal keeps too. */
    default void noted(Effect.Note note) {}

    /** A member's report. */
    default void reported(String worker, long generation, Report report) {}

    /**
     * A member's digest of its model and optimizer, when a generation begins or the job ends.
     *
     * @param digest SHA-256 (hex)
     */
    default void compared(String worker, long step, String digest) {}
}
