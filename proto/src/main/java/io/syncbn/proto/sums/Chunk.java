package io.syncbn.proto.sums;

import io.syncbn.proto.tree.Sums;
import java.util.Objects;

/**
 * Some float32 numbers that follow one another in an array, such as a chunk of a gradient where the gradient lies: a view, not a
 * copy.
 *
 * @param values the array
 * @param from the first of the numbers
 * @param length how many they are
 */
public record Chunk(float[] values, int from, int length) {

    public Chunk {
        Objects.checkFromIndexSize(from, length, values.length);
    }

    /** All numbers of an array. */
    public Chunk(float[] values) {
        this(values, 0, values.length);
    }

    /** Behind the last of the numbers. */
    public int to() {
        return from + length;
    }

    /** Adds {@code right} into this one, where it lies: an addition of the tree. */
    public Chunk add(Chunk right) {
        if (length != right.length) {
            throw new IllegalArgumentException("cannot add " + right.length + " numbers to " + length);
        }
        Sums.add(values, from, right.values, right.from, length);
        return this;
    }
}
