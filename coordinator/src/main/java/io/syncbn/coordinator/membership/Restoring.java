package io.syncbn.coordinator.membership;

import java.util.HashSet;
import java.util.Set;

/**
 * What is known about a state that all workers may have lost, and about the search for a checkpoint to replace it.
 *
 * @param lastBegun the last generation that began before this coordinator was started: only workers that had its state
 *     know how far the job is. 0 if this coordinator knows
 * @param restores how often the job was restored from a checkpoint
 * @param asked connections of the workers that were asked to look for a checkpoint
 * @param answered connections of the workers that have looked
 * @param found connections of the workers that have loaded one
 * @param askedNanos when the first worker was asked
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

    /** The search is over. */
    Restoring over() {
        return begin(lastBegun, restores);
    }

    /** A generation begins: how far the job is, is known. */
    Restoring known() {
        return begin(0, restores);
    }

    /** The job was restored once more. */
    Restoring restored() {
        return begin(0, restores + 1);
    }

    private static Set<Long> with(Set<Long> connections, long connection) {
        Set<Long> more = new HashSet<>(connections);
        more.add(connection);
        return more;
    }
}
