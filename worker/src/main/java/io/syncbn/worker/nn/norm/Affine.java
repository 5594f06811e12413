package io.syncbn.worker.nn.norm;

import io.syncbn.worker.nn.Initializer;
import io.syncbn.worker.nn.LayerScope;
import io.syncbn.worker.nn.ParameterLayout.Role;
import io.syncbn.worker.nn.ShardMemory;
import java.util.List;

/**
 * γ and β, a scale and a shift for each channel; or γ alone, or neither.
 *
 * @param scaleOffset of γ in the weights, or {@link #ABSENT}
 * @param shiftOffset of β in the weights, or {@link #ABSENT}
 */
record Affine(int scaleOffset, int shiftOffset) {
    private static final int ABSENT = -1;

    /** Registers {@code NAME.weight} and {@code NAME.bias}, as in PyTorch, if there are to be any. */
    static Affine register(LayerScope scope, boolean affine) {
        if (!affine) {
            return new Affine(ABSENT, ABSENT);
        }
        List<Integer> dimensions = List.of(scope.input().channels());
        return new Affine(
                scope.parameter("weight", dimensions, Role.NORM_SCALE, Initializer.constant(1)),
                scope.parameter("bias", dimensions, Role.NORM_SHIFT, Initializer.constant(0)));
    }

    /** Registers γ alone, if there is to be any. */
    static Affine registerScale(LayerScope scope, boolean affine) {
        return affine
                ? new Affine(
                        scope.parameter(
                                "weight", List.of(scope.input().channels()), Role.NORM_SCALE, Initializer.constant(1)),
                        ABSENT)
                : new Affine(ABSENT, ABSENT);
    }

    double gamma(ShardMemory memory, int c) {
        return scaleOffset == ABSENT ? 1 : memory.weights()[scaleOffset + c];
    }

    double beta(ShardMemory memory, int c) {
        return shiftOffset == ABSENT ? 0 : memory.weights()[shiftOffset + c];
    }

    /** γ of all channels. */
    float[] gammas(ShardMemory memory, int channels) {
        float[] gammas = new float[channels];
        for (int c = 0; c < channels; c++) {
            gammas[c] = (float) gamma(memory, c);
        }
        return gammas;
    }

    /** β of all channels. */
    float[] betas(ShardMemory memory, int channels) {
        float[] betas = new float[channels];
        for (int c = 0; c < channels; c++) {
            betas[c] = (float) beta(memory, c);
        }
        return betas;
    }

    /** dβ += Σ dy, dγ += Σ dy·x̂. */
    void addGradients(ShardMemory memory, double[] sums, double[] products) {
        add(memory, scaleOffset, products);
        add(memory, shiftOffset, sums);
    }

    private static void add(ShardMemory memory, int offset, double[] gradient) {
        if (offset == ABSENT) {
            return;
        }
        for (int c = 0; c < gradient.length; c++) {
            memory.gradients()[offset + c] += (float) gradient[c];
        }
    }
}
