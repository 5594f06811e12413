package io.syncbn.worker.nn;

import io.syncbn.worker.kernels.WeightOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where each named array stands in a flat one. Names, dimensions and order of elements are those of PyTorch's state_dict
 * (convolution weights O×I×K×K, dense O×I), except that weights of convolutions and dense layers have {@link WeightOrder}.
 *
 * @param entries in the order of their offsets, without gaps
 */
public record ParameterLayout(List<Entry> entries) {

    /** What an array is for, as far as optimizers care. */
    public enum Role {
        WEIGHT,
        BIAS,
        NORM_SCALE,
        NORM_SHIFT,
        /** One number for all of a layer; learns at a tenth of the rate (Fixup: Zhang et al. 2019). */
        SCALAR,
        RUNNING_MEAN,
        RUNNING_VARIANCE
    }

    /**
     * @param name as in state_dict, such as {@code layer1.0.conv1.weight}
     * @param dimensions PyTorch's
     * @param offset of the first element
     * @param order of the elements; PyTorch's if empty
     */
    public record Entry(String name, List<Integer> dimensions, int offset, Role role, Optional<WeightOrder> order) {

        /** Elements in PyTorch's order. */
        public Entry(String name, List<Integer> dimensions, int offset, Role role) {
            this(name, dimensions, offset, role, Optional.empty());
        }

        public int size() {
            return dimensions.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
        }

        /** The elements as rows: one for each output, or, if there is one dimension, one. */
        public Filters filters() {
            return order.map(Filters::of)
                    .orElseGet(() -> Filters.ofRows(dimensions.size() > 1 ? dimensions.get(0) : 1, size()));
        }

        /** A copy of the elements in PyTorch's order. */
        public float[] read(float[] flat) {
            return order.map(weights -> weights.inFileOrder(flat, offset))
                    .orElseGet(() -> Arrays.copyOfRange(flat, offset, offset + size()));
        }

        /** Sets the elements from PyTorch's order. */
        public void write(float[] elements, float[] flat) {
            order.ifPresentOrElse(
                    weights -> weights.fromFileOrder(elements, flat, offset),
                    () -> System.arraycopy(elements, 0, flat, offset, size()));
        }
    }

    public ParameterLayout {
        entries = List.copyOf(entries);
    }

    /** Number of elements of the flat array. */
    public int size() {
        return entries.stream().mapToInt(Entry::size).sum();
    }

    /** The name of the array that an element of the flat one belongs to. */
    public String nameAt(int index) {
        return entries.stream()
                .filter(entry -> index >= entry.offset() && index < entry.offset() + entry.size())
                .map(Entry::name)
                .findFirst()
                .orElseThrow();
    }
}
