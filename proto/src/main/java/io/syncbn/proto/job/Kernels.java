package io.syncbn.proto.job;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What computes convolutions and matrix products. The order of their sums, and so the bits, depends on it. */
public enum Kernels {
    /** Our own: equal bits on all processors. */
    PORTABLE,
    /** oneDNN: equal bits on processors of one kind, or of one {@link InstructionSet}. */
    ONEDNN,
    /** ND4J: equal bits on processors of one kind. */
    ND4J;

    /** As {@code --kernels} names it. */
    public String flag() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All that {@code --kernels} takes. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Kernels::flag).toList();
    }

    /** @throws IllegalArgumentException if there is none of this name */
    public static Kernels ofFlag(String flag) {
        return valueOf(flag.toUpperCase(Locale.ROOT));
    }
}
