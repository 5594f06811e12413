package io.syncbn.worker.kernels;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
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
    private final Map<Role, List<float[]>> arrays = new EnumMap<>(Role.class);

    void reserve(Role role, int length) {
        lengths.merge(role, length, Math::max);
    }

    float[] array(Role role) {
        return arrays(role, 1).get(0);
    }

    /** Arrays for this many threads, or more. */
    List<float[]> arrays(Role role, int count) {
        List<float[]> made = arrays.computeIfAbsent(role, r -> new ArrayList<>());
        while (made.size() < count) {
            made.add(new float[lengths.get(role)]);
        }
        return made;
    }
}
