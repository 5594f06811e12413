package io.syncbn.coordinator.rounds;

import io.syncbn.proto.rounds.Round;
import io.syncbn.proto.tree.Assignment;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The sum that has waited for parts longest.
 *
 * @param round its name, for messages
 * @param isOfStep whether it is part of a step, rather than of an evaluation or the data's statistics
 * @param openedNanos when its first part arrived
 * @param workers the workers that hold it up
 */
public record OldestWait(String round, boolean isOfStep, long openedNanos, List<Integer> workers) {

    /**
     * Finds the oldest open sum and the workers that hold it up: those whose parts are missing, except workers that
     * wait for others themselves, because they cannot go on for long without another sum to which they have sent their
     * part; and except workers whose backup is late too, which are known to be slow and not expected to be in time
     * without it.
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
