package io.syncbn.worker.nn.weights;

import io.syncbn.worker.nn.Filters;
import io.syncbn.worker.nn.LayerWeights;
import io.syncbn.worker.nn.ShardMemory;

/** Weights in an array of their own, computed from parameters. */
abstract class ComputedWeights implements LayerWeights {
    final Filters filters;
    final ShardMemory memory;
    private final float[] values;
    private final float[] gradient;

    ComputedWeights(Filters filters, ShardMemory memory) {
        this.filters = filters;
        this.memory = memory;
        this.values = new float[filters.size()];
        this.gradient = new float[filters.size()];
    }

    @Override
    public final float[] values() {
        return values;
    }

    @Override
    public final float[] gradient() {
        return gradient;
    }

    @Override
    public final int offset() {
        return 0;
    }

    @Override
    public final void finishGradient() {
        passGradientOn();
    }

    /** Adds to the parameters' gradients what {@link #gradient()} says. */
    abstract void passGradientOn();
}
