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

    @Override
    public String toString() {
        return "step " + step + ", " + kind + " " + index;
    }
}
