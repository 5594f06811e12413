package io.syncbn.proto.tree;

/** The two additions of the tree. Each adds into the left argument and returns it. */
public final class Sums {
    private Sums() {}

    public static double[] add(double[] left, double[] right) {
        requireSameLength(left.length, right.length);
        for (int i = 0; i < left.length; i++) {
            left[i] += right[i];
        }
        return left;
    }

    public static float[] add(float[] left, float[] right) {
        requireSameLength(left.length, right.length);
        for (int i = 0; i < left.length; i++) {
            left[i] += right[i];
        }
        return left;
    }

    private static void requireSameLength(int left, int right) {
        if (left != right) {
            throw new IllegalArgumentException("cannot add " + right + " numbers to " + left);
        }
    }
}
