package io.syncbn.worker.kernels;

/**
 * Loops over a matrix of rows (pixels of all examples) × channels, row-major in a float array: what surrounds a
 * convolution. Two implementations give equal bits: each channel's numbers are taken row by row, with a rounding after
 * every operation.
 *
 * <p>Stateless and thread-safe.
 */
public interface ChannelKernels {

    /** The fastest implementation that this JVM can run; plain loops until that is compiled. */
    static ChannelKernels fastest() {
        return hasVectors() ? WarmingKernels.OF_THIS_JVM : new PlainKernels();
    }

    /** Whether this JVM was started with the Vector API. */
    static boolean hasVectors() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /** sums[c] = Σ x, squares[c] = Σ x², in float64. */
    void moments(float[] x, Rows rows, double[] sums, double[] squares);

    /**
     * sums[c] = Σ dy, products[c] = Σ dy · (x − mean[c]), in float64.
     *
     * @param y if not null, output of a ReLU: dy counts only where y is positive
     */
    void gradientMoments(float[] dy, float[] x, float[] y, Rows rows, double[] mean, double[] sums, double[] products);

    /** y = transform(x), and max(0, y) if {@code relu}. */
    void normalize(float[] x, float[] y, Rows rows, Transform transform, boolean relu);

    /** y = max(0, transform(x) + residual). */
    void normalizeAddRelu(float[] x, float[] residual, float[] y, Rows rows, Transform transform);

    /**
     * dx = dy · gain[c] + transform(x).
     *
     * @param y if not null, output of a ReLU: dy counts as 0 where y is not positive
     * @param dx may be the same array as dy
     */
    void normalizeGradient(float[] dy, float[] x, float[] y, float[] dx, Rows rows, float[] gain, Transform transform);

    /** y = max(0, x). */
    void relu(float[] x, float[] y, int size);

    /** dx = dy where y is positive, else 0. */
    void reluGradient(float[] dy, float[] y, float[] dx, int size);

    /** sum = a + b. */
    void add(float[] a, float[] b, float[] sum, int size);

    /** Whether none of the numbers is infinite or not a number. */
    boolean allFinite(float[] x, int size);

    /**
     * Σ x² over some numbers of an array, in float64: the square of each is added to one of 16 sums, of these in turn; at the
     * end the second half of the sums is added to the first, then the second quarter, and so on.
     *
     * @param from the first number
     * @param to behind the last
     */
    double squaredNorm(float[] x, int from, int to);
}
