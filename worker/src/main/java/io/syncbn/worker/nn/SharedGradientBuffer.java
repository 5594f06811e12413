package io.syncbn.worker.nn;

/**
 * One array for the gradient that layers with parameters pass on in backward. Each layer reads a number before it
 * overwrites it, or works from a copy; an array for each layer would only push the activations out of the cache.
 *
 * <p>What must outlive the next layer's backward is copied. Layers reserve while they are built; the first use
 * allocates. For one thread.
 */
final class SharedGradientBuffer {
    private int length;
    private float[] values;

    void reserve(int numbers) {
        if (values != null) {
            throw new IllegalStateException("memory for a gradient was reserved after the first use");
        }
        length = Math.max(length, numbers);
    }

    /** The array, at least as long as every reservation. */
    float[] values() {
        if (values == null) {
            values = new float[length];
        }
        return values;
    }
}
