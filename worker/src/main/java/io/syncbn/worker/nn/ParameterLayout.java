package io.syncbn.worker.nn;

import java.util.Arrays;
import java.util.List;

/**
 * Where each named array stands in a flat one. Names, dimensions and order of elements are those of PyTorch's state_dict
 * (convolution weights O×I×H×W, dense O×I).
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
     */
    public record Entry(String name, List<Integer> dimensions, int offset, Role role) {
        public int size() {
            return dimensions.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
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

    /** A copy of one entry's elements. */
    public float[] slice(float[] flat, Entry entry) {
        return Arrays.copyOfRange(flat, entry.offset(), entry.offset() + entry.size());
    }
}
