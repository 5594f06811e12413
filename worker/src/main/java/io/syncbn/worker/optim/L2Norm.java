package io.syncbn.worker.optim;

import io.syncbn.proto.sums.Chunk;
import io.syncbn.worker.kernels.ChannelKernels;

/** The L2 norm of a part of a flat array, in float64. */
public final class L2Norm {
    private static final ChannelKernels KERNELS = ChannelKernels.fastest();

    private L2Norm() {}

    /**
     * The norm of some elements.
     *
     * @param from the first
     * @param to behind the last
     */
    static double of(float[] values, int from, int to) {
        return Math.sqrt(KERNELS.squaredNorm(values, from, to));
    }

    /** The norm of the means that are {@code sums[i] / examples}. */
    static double ofMean(float[] sums, int from, int to, float examples) {
        return of(sums, from, to) / examples;
    }

    /** The square of the norm of all numbers of a chunk. */
    public static double squared(Chunk chunk) {
        return KERNELS.squaredNorm(chunk.values(), chunk.from(), chunk.to());
    }
}
