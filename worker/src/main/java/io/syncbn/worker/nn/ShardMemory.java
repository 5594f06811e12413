package io.syncbn.worker.nn;

import io.syncbn.worker.kernels.ChannelKernels;
import io.syncbn.worker.kernels.LinearKernels;
import java.util.Arrays;
import java.util.BitSet;

/** What the layers of one shard's model share. Belongs to the shard's {@link ShardModel}. */
public final class ShardMemory {
    private final Replica replica;
    private final float[] gradients;
    private final BitSet overwritten = new BitSet();
    private final BatchStatistics batchStatistics;
    private final Population population;
    private final int maxExamples;
    private final LinearKernels linearKernels;
    private final ChannelKernels kernels;
    private final DeferredWeightGradient lateGradient = new DeferredWeightGradient();
    private final SharedGradientBuffer passedGradient = new SharedGradientBuffer();

    /**
     * @param replica the worker's; only read
     * @param maxExamples the largest batch
     * @param linearKernels for convolutions and matrix products
     */
    ShardMemory(Replica replica, int maxExamples, LinearKernels linearKernels, ChannelKernels kernels) {
        this.replica = replica;
        this.gradients = new float[replica.parameters().size()];
        this.batchStatistics = new BatchStatistics(replica.statistics());
        this.population = new Population(replica.statistics());
        this.maxExamples = maxExamples;
        this.linearKernels = linearKernels;
        this.kernels = kernels;
    }

    /** All weights of the model, at the offsets that {@link LayerScope#parameter} gave; only read. */
    public float[] weights() {
        return replica.weights();
    }

    /** The shard's gradient, laid out as the weights; layers add to it, or overwrite what {@link #overwritesGradient} says. */
    public float[] gradients() {
        return gradients;
    }

    /** Says that each backward pass writes some numbers of the gradient, so that nobody need clear them. While layers are built. */
    public void overwritesGradient(int offset, int size) {
        overwritten.set(offset, offset + size);
    }

    /** Clears what layers add to. */
    void clearGradients() {
        for (int from = overwritten.nextClearBit(0); from < gradients.length; ) {
            int next = overwritten.nextSetBit(from);
            int to = next < 0 ? gradients.length : next;
            Arrays.fill(gradients, from, to, 0);
            from = overwritten.nextClearBit(to);
        }
    }

    /** Running statistics of the model, at the offsets that {@link LayerScope#statistic} gave; only read. */
    public float[] runningStatistics() {
        return replica.runningStatistics();
    }

    /** Where a training pass leaves the statistics of its batch. */
    public BatchStatistics batchStatistics() {
        return batchStatistics;
    }

    /** What an estimation pass adds to. */
    public Population population() {
        return population;
    }

    /** The largest batch. */
    public int maxExamples() {
        return maxExamples;
    }

    /** Loops over channels. */
    public ChannelKernels kernels() {
        return kernels;
    }

    /** An array for the largest batch. */
    public float[] activations(Shape shape) {
        return new float[sizeOf(shape)];
    }

    /** Reserves room in {@link #passedGradient()} for the largest batch. Before the first pass. */
    public void reservePassedGradient(Shape shape) {
        passedGradient.reserve(sizeOf(shape));
    }

    /**
     * The array in which layers without one of their own pass on their input's gradient; to be written only after
     * {@link #finishLateGradient}. A layer's own dy may lie in it: then each number must be read before it is
     * overwritten.
     */
    public float[] passedGradient() {
        return passedGradient.values();
    }

    /** Does the work that backward has deferred; a layer that waits for a sum starts the sum first. */
    public void finishLateGradient(Pass pass) {
        lateGradient.finish(pass);
    }

    LinearKernels linearKernels() {
        return linearKernels;
    }

    DeferredWeightGradient lateGradient() {
        return lateGradient;
    }

    private int sizeOf(Shape shape) {
        return Math.multiplyExact(maxExamples, shape.size());
    }
}
