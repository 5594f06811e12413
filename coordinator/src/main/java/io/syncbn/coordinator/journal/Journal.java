package io.syncbn.coordinator.journal;

import io.syncbn.coordinator.membership.Effect;

/** Where a coordinator writes down what it, or one that is started again in its place, has to know. */
@FunctionalInterface
public interface Journal {

    /** Keeps nothing. */
    Journal NONE = (note, whenKept) -> whenKept.run();

    /**
     * Writes a note down, after those before it. Returns at once, whatever the disk does.
     *
     * @param whenKept done by the thread that calls this, now or later, when the note is kept as {@link
     *     Effect.Note#isToBeKept} asks, or cannot be kept at all
     */
    void keep(Effect.Note note, Runnable whenKept);
}
