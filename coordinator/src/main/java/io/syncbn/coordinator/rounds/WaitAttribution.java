package io.syncbn.coordinator.rounds;

import io.syncbn.proto.rounds.Arrivals;
import io.syncbn.proto.sums.SumKind;
import io.syncbn.proto.tree.Assignment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * For how long, in a step, the others waited for each worker alone: the time from the last arrival but one to the last, of
 * each sum that somebody waits for; time that several sums share counts once. Where the others had something else to do
 * before they needed a sum, as with that of a block's shortcut, this is a little more than they waited. A run that has a
 * backup is nobody's fault alone, and not counted.
 */
final class WaitAttribution {
    private final BitSet backedUp;
    private final long[] waitedNanos;
    private final long[] countedUntilNanos;
    private boolean isCommitComplete;
    private long commitNanos;

    /** @param nowNanos nothing before this counts */
    WaitAttribution(Assignment assignment, long nowNanos) {
        backedUp = assignment.backedUp();
        waitedNanos = new long[assignment.workers()];
        countedUntilNanos = new long[assignment.workers()];
        Arrays.fill(countedUntilNanos, nowNanos);
    }

    /**
     * A sum is complete. The gradient is waited for only when all else of the step has come.
     *
     * @param last whose part was the last
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

    /** By worker's number, for the step that ends here; the next one begins. */
    List<Long> take() {
        List<Long> taken = Arrays.stream(waitedNanos).boxed().toList();
        Arrays.fill(waitedNanos, 0);
        isCommitComplete = false;
        return taken;
    }
}
