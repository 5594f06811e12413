package io.syncbn.worker.nn.weights;

import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.LayerWeights;
import io.syncbn.worker.nn.LayerWeightsFactory;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.Parametrization;
import io.syncbn.worker.nn.ShardMemory;
import java.util.List;

/** The weights are the parameter {@code NAME.weight} itself. */
record PlainWeights(float[] values, float[] gradient, int offset) implements LayerWeights {

    /** Defines them. */
    static final Parametrization PARAMETRIZATION = new Parametrization() {
        @Override
        public LayerWeightsFactory define(LayerScope scope, List<Integer> dimensions, Initializer initializer) {
            Entry weights = scope.weights("weight", dimensions, initializer);
            return memory -> of(memory, weights.offset(), weights.size());
        }

        @Override
        public String description() {
            return "";
        }
    };

    private static PlainWeights of(ShardMemory memory, int offset, int size) {
        memory.overwritesGradient(offset, size);
        return new PlainWeights(memory.weights(), memory.gradients(), offset);
    }

    @Override
    public void prepare() {
        // they are there
    }

    @Override
    public void finishGradient() {
        // it is where it belongs
    }
}
