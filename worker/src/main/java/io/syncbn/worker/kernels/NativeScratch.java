package io.syncbn.worker.kernels;

import java.util.EnumMap;
import java.util.Map;

/**
 * The off-heap memory of one shard's natives. All layers of a shard run one after another, so they share one buffer for
 * each role: it stays in the cache, and memory grows with the largest layer, not with the number of layers.
 *
 * <p>Layers reserve while they are built; the first use allocates, and after that nothing may be reserved. Used by one
 * thread at a time; its creator closes it.
 */
final class NativeScratch implements AutoCloseable {

    enum Role {
        INPUT,
        OUTPUT,
        INPUT_GRADIENT,
        OUTPUT_GRADIENT,
        WEIGHTS,
        WEIGHTS_GRADIENT,
        /** Weights in a layout of the library's choice. */
        BLOCKED_WEIGHTS,
        BLOCKED_WEIGHTS_GRADIENT
    }

    private final Map<Role, Integer> reserved = new EnumMap<>(Role.class);
    private final Map<Role, NativeFloats> buffers = new EnumMap<>(Role.class);

    /** Weights, or their gradient, on their way between our order and the library's. */
    private float[] inFileOrder;

    void reserve(Role role, int length) {
        if (!buffers.isEmpty()) {
            throw new IllegalStateException("memory was reserved for " + role + " after the first use");
        }
        reserved.merge(role, length, Math::max);
    }

    /** The buffer of a role, at least as long as every reservation. */
    NativeFloats buffer(Role role) {
        if (buffers.isEmpty()) {
            reserved.forEach((each, length) -> buffers.put(each, new NativeFloats(Math.max(1, length))));
        }
        return buffers.get(role);
    }

    /** Copies weights, in PyTorch's order, to where the library reads them. */
    void putWeights(WeightOrder order, float[] weights, int offset) {
        order.toFileOrder(weights, offset, inFileOrder());
        buffer(Role.WEIGHTS).put(0, inFileOrder, 0, order.size());
    }

    /** Copies the weights' gradient from where the library wrote it. */
    void getWeightsGradient(WeightOrder order, float[] gradients, int offset) {
        buffer(Role.WEIGHTS_GRADIENT).get(inFileOrder(), 0, order.size());
        order.fromFileOrder(inFileOrder, gradients, offset);
    }

    private float[] inFileOrder() {
        if (inFileOrder == null) {
            inFileOrder = new float[Math.max(reserved.get(Role.WEIGHTS), reserved.get(Role.WEIGHTS_GRADIENT))];
        }
        return inFileOrder;
    }

    @Override
    public void close() {
        buffers.values().forEach(NativeFloats::close);
        buffers.clear();
        reserved.clear();
    }
}
