package io.syncbn.coordinator.journal;

import io.syncbn.coordinator.membership.Effect;

/** Where a coordinator records what its successor has to know after a restart. */
@FunctionalInterface
public interface Journal {

    /** Keeps nothing. */
    Journal NONE = (note, whenKept) -> whenKept.run();

    /**
     * Appends a note, in order of calls. Returns at once, whatever the disk does.
     *
     * @param whenKept run by the calling thread, now or later, once the note is kept as {@link Effect.Note#isToBeKept}
     *     asks, or cannot be kept at all
     */
    void keep(Effect.Note note, Runnable whenKept);
}
