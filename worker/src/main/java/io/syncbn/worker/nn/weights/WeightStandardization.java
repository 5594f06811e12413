package io.syncbn.worker.nn.weights;

import io.syncbn.worker.nn.Filters;
import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.LayerWeightsFactory;
import io.syncbn.worker.nn.ModelException;
import io.syncbn.worker.nn.ParameterLayout.Entry;
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
            Entry weights = scope.weights("weight", dimensions, initializer);
            Filters filters = weights.filters();
            if (filters.length() == 1) {
                throw new ModelException(scope.name() + ": each output has one weight, which less its mean is 0;"
                        + " --weight-standardization cannot be");
            }
            return memory -> new WeightStandardization(filters, weights.offset(), memory);
        }

        @Override
        public String description() {
            return ", weights standardized";
        }
    };

    private final int parameters;
    private final float[] inverseDeviations;
    private final float[] shifts;
    private final float[] means;
    private final float[] along;

    /** @param parameters offset of v */
    private WeightStandardization(Filters filters, int parameters, ShardMemory memory) {
        super(filters, memory);
        this.parameters = parameters;
        this.inverseDeviations = new float[filters.outputs()];
        this.shifts = new float[filters.outputs()];
        this.means = new float[filters.outputs()];
        this.along = new float[filters.outputs()];
    }

    @Override
    public void prepare() {
        float[] weights = memory.weights();
        double[] sums = filters.sums(weights, parameters);
        double[] squares = filters.dots(weights, parameters, weights, parameters);
        for (int output = 0; output < filters.outputs(); output++) {
            double mean = sums[output] / filters.length();
            double variance = squares[output] / filters.length() - mean * mean;
            double inverse = 1 / Math.sqrt(Math.max(0, variance) + EPSILON);
            inverseDeviations[output] = (float) inverse;
            shifts[output] = (float) (-mean * inverse);
        }
        float[] values = values();
        filters.forEachRun((first, count, at) -> {
            for (int i = 0; i < count; i++) {
                values[at + i] = weights[parameters + at + i] * inverseDeviations[first + i] + shifts[first + i];
            }
        });
    }

    @Override
    void passGradientOn() {
        float[] gradients = memory.gradients();
        float[] gradient = gradient();
        float[] values = values();
        double[] sums = filters.sums(gradient, 0);
        double[] products = filters.dots(gradient, 0, values, 0);
        for (int output = 0; output < filters.outputs(); output++) {
            means[output] = (float) (sums[output] / filters.length());
            along[output] = (float) (products[output] / filters.length());
        }
        filters.forEachRun((first, count, at) -> {
            for (int i = 0; i < count; i++) {
                float across = gradient[at + i] - means[first + i] - values[at + i] * along[first + i];
                gradients[parameters + at + i] += inverseDeviations[first + i] * across;
            }
        });
    }
}
