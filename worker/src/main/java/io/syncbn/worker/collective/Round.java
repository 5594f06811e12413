package io.syncbn.worker.collective;

import io.syncbn.proto.v1.Kind;

/**
 * One sum over shards.
 *
 * @param kind what is summed
 * @param step being computed, from 1; for evaluations the steps done so far; 0 before training
 * @param index of the layer or chunk
 * @param of number of chunks for gradients, else 1
 */
public record Round(Kind kind, long step, int index, int of) {

    public static Round of(Kind kind, long step, int index) {
        return new Round(kind, step, index, 1);
    }

    /** The sum of a step's counts, loss and statistics, which comes when the step is committed. */
    public static Round commit(long step) {
        return of(Kind.COMMIT, step, 0);
    }

    /** Whether it is summed over the shards of a normalization group; all else is over all shards. */
    boolean isMoments() {
        return kind == Kind.MOMENTS_FORWARD || kind == Kind.MOMENTS_BACKWARD;
    }

    /** Whether it is part of a step, and so of no use once that is done. */
    boolean isOfStep() {
        return kind != Kind.EVALUATION && kind != Kind.DATA_STATISTICS;
    }

    /** The step after which nobody asks for this sum any more. */
    long lastStep() {
        return isOfStep() ? step : step + 1;
    }

    @Override
    public String toString() {
        return "step " + step + ", " + kind + " " + index;
    }
}
