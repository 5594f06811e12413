package io.syncbn.worker.nn.weights;

import io.syncbn.worker.nn.Parametrization;

/** The parametrizations that there are. */
public final class Parametrizations {
    private Parametrizations() {}

    /** Weights that are parameters themselves. */
    public static Parametrization plain() {
        return PlainWeights.PARAMETRIZATION;
    }

    /** Weight normalization. */
    public static Parametrization norm() {
        return WeightNorm.PARAMETRIZATION;
    }

    /** Weight standardization. */
    public static Parametrization standardization() {
        return WeightStandardization.PARAMETRIZATION;
    }
}
