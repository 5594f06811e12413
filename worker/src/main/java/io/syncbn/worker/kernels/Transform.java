package io.syncbn.worker.kernels;

/**
 * (x − pivot[c]) · scale[c] + shift[c], for each channel c. Near a mean that is large beside the deviation the
 * subtraction is exact, and the product then loses nothing.
 *
 * <p>The arrays belong to its creator, and change from pass to pass.
 */
public record Transform(float[] pivot, float[] scale, float[] shift) {

    public static Transform ofChannels(int channels) {
        return new Transform(new float[channels], new float[channels], new float[channels]);
    }
}
