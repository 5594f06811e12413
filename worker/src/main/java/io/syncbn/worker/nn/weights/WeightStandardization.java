package io.syncbn.worker.nn.weights;

import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.LayerWeightsFactory;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.Parametrization;
import io.syncbn.worker.nn.ShardMemory;
import java.util.List;

/**
 * Weight standardization (Qiao et al. 2019) of convolutions: over the m weights v of each output,
 *
 * <pre>
 *   w = (v − μ) / √(σ² + 1e-6),   dv = (dw − Σdw/m − w·Σ(dw·w)/m) / √(σ² + 1e-6)
 * </pre>
 *
 * <p>with the biased variance and the ε inside the root, as timm's {@code StdConv2d}; the paper's code takes the
 * unbiased deviation plus 1e-5. The parameter v is {@code NAME.weight}.
 */
final class WeightStandardization extends ComputedWeights {
    private static final double EPSILON = 1e-6;

    /** Defines them. */
    static final Parametrization PARAMETRIZATION = new Parametrization() {
        @Override
        public LayerWeightsFactory define(LayerScope scope, List<Integer> dimensions, Initializer initializer) {
            Filters filters = Filters.of(dimensions);
            if (filters.length() == 1) {
                throw new ModelException(scope.name() + ": each output has one weight, which less its mean is 0;"
                        + " --weight-standardization cannot be");
            }
            int offset = scope.parameter("weight", dimensions, Role.WEIGHT, initializer);
            return memory -> new WeightStandardization(filters, offset, memory);
        }

        @Override
        public String description() {
            return ", weights standardized";
        }
    };

    private final int parameters;
    private final double[] inverseDeviations;

    /** @param parameters offset of v */
    private WeightStandardization(Filters filters, int parameters, ShardMemory memory) {
        super(filters, memory);
        this.parameters = parameters;
        this.inverseDeviations = new double[filters.outputs()];
    }

    @Override
    public void prepare() {
        float[] weights = memory.weights();
        int length = filters.length();
        for (int output = 0; output < filters.outputs(); output++) {
            int row = output * length;
            double mean = filters.sum(weights, parameters + row) / length;
            double squares = filters.dot(weights, parameters + row, weights, parameters + row) / length;
            double inverse = 1 / Math.sqrt(Math.max(0, squares - mean * mean) + EPSILON);
            inverseDeviations[output] = inverse;
            float scale = (float) inverse;
            float shift = (float) (-mean * inverse);
            for (int i = 0; i < length; i++) {
                values()[row + i] = weights[parameters + row + i] * scale + shift;
            }
        }
    }

    @Override
    void passGradientOn() {
        float[] gradients = memory.gradients();
        int length = filters.length();
        for (int output = 0; output < filters.outputs(); output++) {
            int row = output * length;
            float mean = (float) (filters.sum(gradient(), row) / length);
            float product = (float) (filters.dot(gradient(), row, values(), row) / length);
            float inverse = (float) inverseDeviations[output];
            for (int i = 0; i < length; i++) {
                gradients[parameters + row + i] += inverse * (gradient()[row + i] - mean - values()[row + i] * product);
            }
        }
    }
}
