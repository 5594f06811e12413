package io.syncbn.worker.kernels;

import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The class of a species' vectors. A cast to it tells HotSpot of which class the receiver and the arguments of an operation
 * are. Without, HotSpot asks the profile of the Vector API's own methods, which may not be there yet, and knows several classes
 * as soon as any code of the JVM uses several widths; then compiled code makes an object for each operation, and is a hundred
 * times as slow.
 */
final class VectorType {
    private VectorType() {}

    /** @return to be kept in a constant, the only thing that HotSpot looks into */
    @SuppressWarnings("unchecked")
    static <V extends Vector<?>> Class<V> of(VectorSpecies<?> species) {
        return (Class<V>) species.vectorType();
    }
}
