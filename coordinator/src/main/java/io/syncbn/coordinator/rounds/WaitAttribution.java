package io.syncbn.coordinator.rounds;

import io.syncbn.proto.rounds.Arrivals;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Assignment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * How long the others waited for each worker alone in a step: for each sum that workers wait for, the time from the
 * last arrival but one to the last; overlapping times count once. Where the others had other work to do before they
 * needed a sum, such as that of a block's shortcut, this slightly overestimates. A run that has a backup is not
 * counted, because no single worker is to blame.
 */
final class WaitAttribution {
    private final BitSet backedUp;
    private final long[] waitedNanos;
    private final long[] countedUntilNanos;
    private boolean isCommitComplete;
    private long commitNanos;

    /** @param nowNanos when the generation begins; earlier time does not count */
    WaitAttribution(Assignment assignment, long nowNanos) {
        backedUp = assignment.backedUp();
        waitedNanos = new long[assignment.workers()];
        countedUntilNanos = new long[assignment.workers()];
        Arrays.fill(countedUntilNanos, nowNanos);
    }

    /**
     * A sum is complete. Waiting for the gradient counts only from when COMMIT is complete.
     *
     * @param last the worker whose part was the last
     */
    void completed(SumKind kind, Arrivals arrivals, int last, long nowNanos) {
        if (kind == SumKind.COMMIT) {
            isCommitComplete = true;
            commitNanos = nowNanos;
        }
        if (!arrivals.isShared() || backedUp.get(last)) {
            return;
        }
        if (kind.isAwaited()) {
            waited(last, arrivals.previousNanos(), nowNanos);
        } else if (kind == SumKind.GRADIENTS && isCommitComplete) {
            waited(last, Math.max(arrivals.previousNanos(), commitNanos), nowNanos);
        }
    }

    private void waited(int worker, long fromNanos, long untilNanos) {
        waitedNanos[worker] += Math.max(0, untilNanos - Math.max(fromNanos, countedUntilNanos[worker]));
        countedUntilNanos[worker] = untilNanos;
    }

    /** The times by worker's number for the step that ends here; starts over for the next one. */
    List<Long> take() {
        List<Long> taken = Arrays.stream(waitedNanos).boxed().toList();
        Arrays.fill(waitedNanos, 0);
        isCommitComplete = false;
        return taken;
    }
}
