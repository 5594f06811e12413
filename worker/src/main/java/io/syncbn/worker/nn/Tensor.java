package io.syncbn.worker.nn;

/**
 * Float32 numbers of some examples: N × H × W × C, row-major, in the first {@code size()} places of an array that may be
 * longer. Plain Java arrays, because loops over them vectorize on every JDK; natives get copies, which cost a few
 * percent of a convolution.
 *
 * @param values the numbers; shared, not copied
 * @param examples N; may be 0
 * @param shape of one example
 */
public record Tensor(float[] values, int examples, Shape shape) {

    public Tensor {
        if (examples < 0 || (long) examples * shape.size() > values.length) {
            throw new IllegalArgumentException(
                    examples + " examples of " + shape + " do not fit into " + values.length + " numbers");
        }
    }

    public static Tensor zeros(int examples, Shape shape) {
        return new Tensor(new float[Math.multiplyExact(examples, shape.size())], examples, shape);
    }

    public int size() {
        return examples * shape.size();
    }

    /** Pixels of all examples: rows of the matrix with {@code shape().channels()} columns. */
    public int rows() {
        return examples * shape.pixels();
    }

    /** The same memory with another number of examples. */
    public Tensor withExamples(int count) {
        return count == examples ? this : new Tensor(values, count, shape);
    }
}
