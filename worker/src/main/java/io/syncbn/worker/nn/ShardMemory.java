package io.syncbn.worker.nn;

import io.syncbn.worker.kernels.ChannelKernels;
import io.syncbn.worker.kernels.Natives;

/**
 * What the layers of one shard's model share. Belongs to the shard's {@link ShardModel}.
 *
 * @param replica the worker's; only read
 * @param gradients as {@code replica.parameters()} lays out
 * @param batchStatistics of the last training pass, as {@code replica.statistics()} lays out
 * @param maxExamples the largest batch
 * @param natives for convolutions and matrix products
 * @param kernels loops over channels
 * @param lateGradient what backward has left for later
 * @param passedGradient what backward hands from layer to layer
 */
record ShardMemory(
        Replica replica,
        float[] gradients,
        double[] batchStatistics,
        int maxExamples,
        Natives natives,
        ChannelKernels kernels,
        LateGradient lateGradient,
        PassedGradient passedGradient) {

    float[] weights() {
        return replica.weights();
    }

    /** An array for the largest batch. */
    float[] activations(Shape shape) {
        return new float[sizeOf(shape)];
    }

    /** Reserves room in {@link #passedGradient()} for the largest batch. */
    void reservePassedGradient(Shape shape) {
        passedGradient.reserve(sizeOf(shape));
    }

    private int sizeOf(Shape shape) {
        return Math.multiplyExact(maxExamples, shape.size());
    }
}
