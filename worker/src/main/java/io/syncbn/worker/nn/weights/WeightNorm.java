package io.syncbn.worker.nn.weights;

import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.LayerWeightsFactory;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Parametrization;
import io.syncbn.worker.nn.ShardMemory;
import java.util.ArrayList;
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
    private final double[] norms;

    /**
     * @param lengths offset of g among the parameters
     * @param directions offset of v
     */
    private WeightNorm(Filters filters, int lengths, int directions, ShardMemory memory) {
        super(filters, memory);
        this.lengths = lengths;
        this.directions = directions;
        this.norms = new double[filters.outputs()];
    }

    private static LayerWeightsFactory define(LayerScope scope, List<Integer> dimensions, Initializer initializer) {
        Filters filters = Filters.of(dimensions);
        int directions = scope.parameter("parametrizations.weight.original1", dimensions, Role.WEIGHT, initializer);
        List<Integer> ones = new ArrayList<>(Collections.nCopies(dimensions.size(), 1));
        ones.set(0, dimensions.get(0));
        int lengths = scope.parameter(
                "parametrizations.weight.original0", ones, Role.NORM_SCALE, (weights, offset, count, random) -> {
                    for (int output = 0; output < count; output++) {
                        weights[offset + output] = (float) norm(filters, weights, directions, output);
                    }
                });
        return memory -> new WeightNorm(filters, lengths, directions, memory);
    }

    private static double norm(Filters filters, float[] weights, int directions, int output) {
        int at = directions + output * filters.length();
        return Math.sqrt(filters.dot(weights, at, weights, at));
    }

    @Override
    public void prepare() {
        float[] parameters = memory.weights();
        for (int output = 0; output < filters.outputs(); output++) {
            norms[output] = norm(filters, parameters, directions, output);
            float scale = (float) (parameters[lengths + output] / norms[output]);
            int row = output * filters.length();
            for (int i = 0; i < filters.length(); i++) {
                values()[row + i] = scale * parameters[directions + row + i];
            }
        }
    }

    @Override
    void passGradientOn() {
        float[] parameters = memory.weights();
        float[] gradients = memory.gradients();
        for (int output = 0; output < filters.outputs(); output++) {
            int row = output * filters.length();
            double byLength = filters.dot(gradient(), row, parameters, directions + row) / norms[output];
            gradients[lengths + output] += (float) byLength;
            float scale = (float) (parameters[lengths + output] / norms[output]);
            float along = (float) (byLength / norms[output]);
            for (int i = 0; i < filters.length(); i++) {
                float direction = parameters[directions + row + i];
                gradients[directions + row + i] += scale * (gradient()[row + i] - along * direction);
            }
        }
    }
}
