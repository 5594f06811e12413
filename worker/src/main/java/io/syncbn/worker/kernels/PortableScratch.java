package io.syncbn.worker.kernels;

import java.util.EnumMap;
import java.util.Map;

/** Arrays that the convolutions of a shard share, as long as the largest needs. */
final class PortableScratch {
    enum Role {
        /** A panel of weights, or of their gradient, that is not used where it stands. */
        WEIGHTS,
        /** A copy of dy, from the input's gradient to the weights' gradient. */
        OUTPUT_GRADIENT,
        /** Of dy: some pixels of a panel's channels, side by side. */
        GRADIENT_PANEL,
        /** Pixels whose channels are filled up to whole blocks. */
        WHOLE_BLOCKS
    }

    private final Map<Role, Integer> lengths = new EnumMap<>(Role.class);
    private final Map<Role, float[]> arrays = new EnumMap<>(Role.class);

    void reserve(Role role, int length) {
        lengths.merge(role, length, Math::max);
    }

    float[] array(Role role) {
        return arrays.computeIfAbsent(role, r -> new float[lengths.get(r)]);
    }
}
