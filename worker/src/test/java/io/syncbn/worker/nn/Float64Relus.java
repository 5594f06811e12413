package io.syncbn.worker.nn;

import io.syncbn.worker.nn.Float64Layers.Twin;

/**
 * ReLUs that remember how near to 0 their inputs have come: so near, float32 could take the other branch, and its gradients
 * would not be roundings of these.
 */
public final class Float64Relus {
    private double nearest = Double.POSITIVE_INFINITY;

    /** A further ReLU. */
    public Twin relu() {
        Twin relu = Float64Layers.relu();
        return new Twin() {
            @Override
            public double[] forward(double[] x) {
                for (double each : x) {
                    nearest = Math.min(nearest, Math.abs(each));
                }
                return relu.forward(x);
            }

            @Override
            public double[] backward(double[] dy) {
                return relu.backward(dy);
            }
        };
    }

    /** The least distance from 0 of all inputs so far. */
    public double nearest() {
        return nearest;
    }
}
