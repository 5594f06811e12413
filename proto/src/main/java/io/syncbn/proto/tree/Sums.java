package io.syncbn.proto.tree;

/** The two additions of the tree. Each adds into the left argument. */
public final class Sums {
    private Sums() {}

    public static double[] add(double[] left, double[] right) {
        requireSameLength(left.length, right.length);
        for (int i = 0; i < left.length; i++) {
            left[i] += right[i];
        }
        return left;
    }

    /** Adds {@code length} numbers, of the right array from one place on, to those of the left one from another on. */
    public static void add(float[] left, int leftFrom, float[] right, int rightFrom, int length) {
        for (int i = 0; i < length; i++) {
            left[leftFrom + i] += right[rightFrom + i];
        }
    }

    private static void requireSameLength(int left, int right) {
        if (left != right) {
            throw new IllegalArgumentException("cannot add " + right + " numbers to " + left);
        }
    }
}
