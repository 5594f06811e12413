package io.syncbn.coordinator.rounds;

import io.syncbn.proto.rounds.Round;
import io.syncbn.proto.tree.Assignment;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A sum that has waited for parts for longer than the others.
 *
 * @param round in words
 * @param isOfStep whether it is a part of a step, and not of an evaluation or of the data's statistics
 * @param openedNanos when its first part came
 * @param workers those because of whom it waits
 */
public record OldestWait(String round, boolean isOfStep, long openedNanos, List<Integer> workers) {

    /**
     * The oldest of the open sums and those because of whom it waits: those whose parts are missing, but not those that wait
     * for others themselves, because sooner or later they cannot go on without a sum that they have done their part of, nor
     * those whose backup is waited for itself: they are known to be slow, and not expected to be in time without it.
     *
     * @param open the oldest first
     */
    static Optional<OldestWait> of(Collection<Round> open, Assignment assignment) {
        return open.stream().findFirst().map(oldest -> {
            List<Integer> missing = oldest.arrivals().missing();
            List<Integer> idle =
                    missing.stream().filter(worker -> !isWaiting(worker, open)).toList();
            return new OldestWait(
                    oldest.id().toString(),
                    oldest.id().kind().isOfStep(),
                    oldest.arrivals().openedNanos(),
                    withoutThoseBackedUpBy(idle.isEmpty() ? missing : idle, assignment));
        });
    }

    private static boolean isWaiting(int worker, Collection<Round> open) {
        return open.stream()
                .anyMatch(round ->
                        round.id().kind().isAwaited() && round.arrivals().isComplete(worker));
    }

    private static List<Integer> withoutThoseBackedUpBy(List<Integer> late, Assignment assignment) {
        return late.stream()
                .filter(worker ->
                        assignment.backupOf(worker).filter(late::contains).isEmpty())
                .toList();
    }
}
