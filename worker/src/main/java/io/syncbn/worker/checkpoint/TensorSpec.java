package io.syncbn.worker.checkpoint;

import java.util.List;

/** What a stored tensor is, apart from its elements. */
public record TensorSpec(String name, ElementType type, List<Integer> dimensions) {

    public TensorSpec {
        dimensions = List.copyOf(dimensions);
    }

    /**
     * Size of all elements.
     *
     * @throws ArithmeticException if it is more than a {@code long} holds
     */
    public long bytes() {
        return dimensions.stream().mapToLong(Integer::longValue).reduce(type.bytes(), Math::multiplyExact);
    }

    /** Type and dimensions, such as {@code F32 [16, 3, 3, 3]}. */
    String form() {
        return type + " " + dimensions;
    }
}
