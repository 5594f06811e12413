package io.syncbn.worker.optim;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an optimizer remembers from step to step: flat arrays in the layout of the weights, and counters, by name. Changed by
 * committed steps only, together with the weights.
 *
 * <p>{@link #put} and {@link #take} are the form in which a state travels from worker to worker: the arrays in their order,
 * then two numbers for each counter, its upper and its lower 24 bits, which float32 holds exactly.
 */
public final class Slots {
    private static final int COUNTER_BITS = 24;
    private static final int COUNTER_FLOATS = 2;

    private final int size;
    private final Map<String, float[]> arrays = new LinkedHashMap<>();
    private final Map<String, Long> counters = new LinkedHashMap<>();

    /** @param size of each array */
    private Slots(int size) {
        this.size = size;
    }

    /**
     * As before the first step: zeros.
     *
     * @param size of each array, the number of weights
     */
    public static Slots zeros(SlotNames names, int size) {
        Slots slots = new Slots(size);
        names.arrays().forEach(name -> slots.arrays.put(name, new float[size]));
        names.counters().forEach(name -> slots.counters.put(name, 0L));
        return slots;
    }

    /** The number of elements of each array. */
    public int size() {
        return size;
    }

    /** Not a copy: the next step changes it. */
    public float[] array(String name) {
        float[] array = arrays.get(name);
        if (array == null) {
            throw unknown(name);
        }
        return array;
    }

    public long counter(String name) {
        Long count = counters.get(name);
        if (count == null) {
            throw unknown(name);
        }
        return count;
    }

    /** Sets a counter. */
    public void setCounter(String name, long count) {
        if (!counters.containsKey(name)) {
            throw unknown(name);
        }
        counters.put(name, count);
    }

    /** Increments a counter and returns its new value. */
    public long count(String name) {
        setCounter(name, counter(name) + 1);
        return counter(name);
    }

    /** In their order; not copies. */
    public Map<String, float[]> arrays() {
        return Collections.unmodifiableMap(arrays);
    }

    /** In their order. */
    public Map<String, Long> counters() {
        return Collections.unmodifiableMap(counters);
    }

    /** The same in arrays of its own. */
    public Slots copy() {
        Slots copy = new Slots(size);
        arrays.forEach((name, array) -> copy.arrays.put(name, array.clone()));
        copy.counters.putAll(counters);
        return copy;
    }

    /** Copies the values of slots with the same names and size. */
    public void set(Slots from) {
        FloatBuffer flat = FloatBuffer.allocate(flatSize());
        from.put(flat);
        take(flat.flip());
    }

    /** How many numbers {@link #put} gives. */
    public int flatSize() {
        return Math.addExact(
                Math.multiplyExact(size, arrays.size()), Math.multiplyExact(COUNTER_FLOATS, counters.size()));
    }

    /** Everything, one after the other. */
    public void put(FloatBuffer flat) {
        arrays.values().forEach(flat::put);
        counters.values().forEach(count -> flat.put(count >>> COUNTER_BITS).put(count & (1L << COUNTER_BITS) - 1));
    }

    /** Takes over what {@link #put} gave. */
    public void take(FloatBuffer flat) {
        arrays.values().forEach(flat::get);
        counters.replaceAll((name, before) -> (long) flat.get() << COUNTER_BITS | (long) flat.get());
    }

    private IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("no slot " + name + " among " + arrays.keySet() + counters.keySet());
    }

    @Override
    public String toString() {
        return Arrays.asList(arrays.keySet(), counters) + " of " + size;
    }
}
