package io.syncbn.proto.job;

import java.util.List;

/** How the learning rate changes over a job, apart from warm-up. */
public sealed interface Schedule {

    record Constant() implements Schedule {}

    /** Half a cosine from the full rate to 0 (Loshchilov &amp; Hutter 2017, without restarts). */
    record Cosine() implements Schedule {}

    /**
     * Multiplied by {@code factor} at each milestone.
     *
     * @param milestones fractions of the whole job, ascending, in (0, 1)
     */
    record Step(List<Double> milestones, double factor) implements Schedule {}
}
