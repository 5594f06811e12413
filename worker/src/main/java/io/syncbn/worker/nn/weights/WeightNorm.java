package io.syncbn.worker.nn.weights;

import io.syncbn.worker.nn.Filters;
import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.LayerWeightsFactory;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Parametrization;
import io.syncbn.worker.nn.ShardMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Weight normalization (Salimans &amp; Kingma 2016): for each output a length g and a direction v,
 *
 * <pre>
 *   w = g·v/‖v‖,   dg = Σ dw·v / ‖v‖,   dv = g/‖v‖ · (dw − v·dg/‖v‖)
 * </pre>
 *
 * <p>At first g = ‖v‖, so that w is what it would be without. Files have PyTorch's names since 2.1: {@code
 * NAME.parametrizations.weight.original0} is g, {@code .original1} is v. g does not decay.
 */
final class WeightNorm extends ComputedWeights {

    /** Defines them. */
    static final Parametrization PARAMETRIZATION = new Parametrization() {
        @Override
        public LayerWeightsFactory define(LayerScope scope, List<Integer> dimensions, Initializer initializer) {
            return WeightNorm.define(scope, dimensions, initializer);
        }

        @Override
        public String description() {
            return ", weights normalized";
        }
    };

    private final int lengths;
    private final int directions;
    private final float[] scales;
    private final float[] along;
    private double[] norms;

    /**
     * @param lengths offset of g among the parameters
     * @param directions offset of v
     */
    private WeightNorm(Filters filters, int lengths, int directions, ShardMemory memory) {
        super(filters, memory);
        this.lengths = lengths;
        this.directions = directions;
        this.scales = new float[filters.outputs()];
        this.along = new float[filters.outputs()];
    }

    private static LayerWeightsFactory define(LayerScope scope, List<Integer> dimensions, Initializer initializer) {
        Entry directions = scope.weights("parametrizations.weight.original1", dimensions, initializer);
        Filters filters = directions.filters();
        List<Integer> ones = new ArrayList<>(Collections.nCopies(dimensions.size(), 1));
        ones.set(0, dimensions.get(0));
        int lengths = scope.parameter(
                "parametrizations.weight.original0", ones, Role.NORM_SCALE, (weights, offset, count, random) -> {
                    double[] norms = norms(filters, weights, directions.offset());
                    for (int output = 0; output < count; output++) {
                        weights[offset + output] = (float) norms[output];
                    }
                });
        return memory -> new WeightNorm(filters, lengths, directions.offset(), memory);
    }

    private static double[] norms(Filters filters, float[] weights, int directions) {
        double[] norms = filters.dots(weights, directions, weights, directions);
        Arrays.setAll(norms, output -> Math.sqrt(norms[output]));
        return norms;
    }

    @Override
    public void prepare() {
        float[] parameters = memory.weights();
        norms = norms(filters, parameters, directions);
        for (int output = 0; output < filters.outputs(); output++) {
            scales[output] = (float) (parameters[lengths + output] / norms[output]);
        }
        float[] values = values();
        filters.forEachRun((first, count, at) -> {
            for (int i = 0; i < count; i++) {
                values[at + i] = scales[first + i] * parameters[directions + at + i];
            }
        });
    }

    @Override
    void passGradientOn() {
        float[] parameters = memory.weights();
        float[] gradients = memory.gradients();
        float[] gradient = gradient();
        double[] products = filters.dots(gradient, 0, parameters, directions);
        for (int output = 0; output < filters.outputs(); output++) {
            double byLength = products[output] / norms[output];
            gradients[lengths + output] += (float) byLength;
            along[output] = (float) (byLength / norms[output]);
        }
        filters.forEachRun((first, count, at) -> {
            for (int i = 0; i < count; i++) {
                float across = gradient[at + i] - along[first + i] * parameters[directions + at + i];
                gradients[directions + at + i] += scales[first + i] * across;
            }
        });
    }
}
