package io.syncbn.coordinator.membership;

import java.util.HashSet;
import java.util.Set;

/**
 * What is known of a state that everybody may have lost, and of the search for a checkpoint in its place.
 *
 * @param lastBegun the generation that began last before this coordinator was started: only those who had its state can tell
 *     how far the job has come. 0 if this coordinator knows it itself
 * @param restores how often the job has gone back
 * @param asked connections of those that were asked to look for a checkpoint
 * @param answered connections of those that have looked
 * @param found connections of those that have taken one over
 * @param askedNanos when the first was asked
 */
public record Restoring(
        long lastBegun, long restores, Set<Long> asked, Set<Long> answered, Set<Long> found, long askedNanos) {

    public Restoring {
        asked = Set.copyOf(asked);
        answered = Set.copyOf(answered);
        found = Set.copyOf(found);
    }

    static Restoring begin(long lastBegun, long restores) {
        return new Restoring(lastBegun, restores, Set.of(), Set.of(), Set.of(), 0);
    }

    Restoring ask(long connection, long nowNanos) {
        return new Restoring(
                lastBegun, restores, with(asked, connection), answered, found, asked.isEmpty() ? nowNanos : askedNanos);
    }

    Restoring answeredBy(long connection, boolean isFromCheckpoint) {
        return new Restoring(
                lastBegun,
                restores,
                asked,
                with(answered, connection),
                isFromCheckpoint ? with(found, connection) : found,
                askedNanos);
    }

    /** Nobody is asked any more. */
    Restoring over() {
        return begin(lastBegun, restores);
    }

    /** A generation begins: how far the job has come is known. */
    Restoring known() {
        return begin(0, restores);
    }

    /** The job has gone back once more. */
    Restoring restored() {
        return begin(0, restores + 1);
    }

    private static Set<Long> with(Set<Long> connections, long connection) {
        Set<Long> more = new HashSet<>(connections);
        more.add(connection);
        return more;
    }
}
