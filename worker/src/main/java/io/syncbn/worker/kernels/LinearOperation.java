package io.syncbn.worker.kernels;

/**
 * A map that is linear in its input and in its weights: a convolution or a matrix product. A step calls {@code
 * forward}, {@code backward} and {@code weightsGradient} in this order; the last may be called later, because
 * nothing depends on it, but before any other map of the same {@link LinearKernels} runs backward.
 *
 * <p>Arrays hold N examples, of which there may be none, from their beginning; weights stand somewhere in a longer
 * array, in {@link WeightOrder}. Belongs to one shard and its natives.
 */
public interface LinearOperation {

    /**
     * y = map(x, w).
     *
     * @param x must stay unchanged until the weights' gradient is computed
     */
    void forward(float[] x, int examples, float[] weights, int weightsOffset, float[] y);

    /**
     * Computes the gradient by the input of the last forward.
     *
     * @param dy is copied before anything is written
     * @param dx receives the gradient, and may be the same array as dy; null if it is not needed
     */
    void backward(float[] dy, float[] weights, int weightsOffset, float[] dx);

    /** Sets gradients, from weightsOffset on, to the gradient by the weights, for the last forward and backward. */
    void weightsGradient(float[] gradients, int weightsOffset);
}
