package io.syncbn.worker.collective;

import io.syncbn.proto.sums.SumKind;

/**
 * One sum over shards.
 *
 * @param kind what is summed
 * @param step being computed, from 1; for evaluations the steps done so far; 0 before training
 * @param index of the layer or chunk
 * @param of number of chunks for gradients, else 1
 */
public record Round(SumKind kind, long step, int index, int of) {

    public static Round of(SumKind kind, long step, int index) {
        return new Round(kind, step, index, 1);
    }

    /** The sum of a step's counts, loss and statistics, which arrives when the step is committed. */
    public static Round commit(long step) {
        return of(SumKind.COMMIT, step, 0);
    }

    /** The step after which this sum is no longer needed. */
    long lastStep() {
        return kind.isOfStep() ? step : step + 1;
    }

    @Override
    public String toString() {
        return "step " + step + ", " + kind + " " + index;
    }
}
