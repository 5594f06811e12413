package io.syncbn.coordinator.rounds;

import io.syncbn.proto.sums.SumKind;
import java.util.BitSet;

/**
 * Whether a step is complete: COMMIT and all chunks of the gradient are, unless a worker is alone and keeps these. Is told of
 * each complete sum, whoever took it.
 */
final class CommitGate {
    private final BitSet chunks = new BitSet();
    /** How many chunks the step's gradient has; 0 until the first of them is complete. */
    private int of;

    private final boolean isGradientKept;
    private boolean isCommitComplete;

    /** @param isGradientKept whether one worker has all shards, and so sends nothing of the gradient */
    CommitGate(boolean isGradientKept) {
        this.isGradientKept = isGradientKept;
    }

    /** A sum of the step is complete. */
    void completed(SumKind kind, int index, int ofChunks) {
        if (kind == SumKind.COMMIT) {
            isCommitComplete = true;
        } else if (kind == SumKind.GRADIENTS) {
            chunks.set(index);
            of = ofChunks;
        }
    }

    boolean isOpen() {
        return isCommitComplete && (isGradientKept || of > 0 && chunks.cardinality() == of);
    }

    /** The step is committed: starts over for the next one. */
    void nextStep() {
        chunks.clear();
        of = 0;
        isCommitComplete = false;
    }
}
