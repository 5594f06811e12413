package io.syncbn.worker.optim;

import io.syncbn.worker.nn.Filters;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * Adaptive gradient clipping (Brock et al. 2021 §4.1): no row of a parameter gets a gradient that is large beside the row.
 *
 * <pre>
 *   most = limit · max(‖w‖, 1e-3)
 *   g    = g · most / max(‖g‖, 1e-6)      if ‖g‖ &gt; most
 * </pre>
 *
 * <p>A row has what one output is computed from: all elements with one index of the first dimension. A parameter of one
 * dimension, such as a bias, is one row. The last layer is not clipped (§4.1, and DeepMind's code). g is the mean gradient
 * of the global batch. For one thread.
 */
final class AdaptiveGradientClipping {
    private static final double LEAST_WEIGHT_NORM = 1e-3;
    private static final double LEAST_GRADIENT_NORM = 1e-6;

    private final double limit;
    private final List<Entry> clipped = new ArrayList<>();
    private final float[] result;

    /** @param limit above 0 */
    AdaptiveGradientClipping(double limit, ParameterLayout parameters) {
        this.limit = limit;
        this.result = new float[parameters.size()];
        List<Entry> entries = parameters.entries();
        String lastLayer = layer(entries.get(entries.size() - 1));
        for (Entry entry : entries) {
            if (!layer(entry).equals(lastLayer)) {
                clipped.add(entry);
            }
        }
    }

    /** {@code fc} of {@code fc.weight} and {@code fc.bias}. */
    private static String layer(Entry entry) {
        return entry.name().substring(0, Math.max(0, entry.name().lastIndexOf('.')));
    }

    /**
     * The gradient's sums as they would be if the mean gradient were clipped.
     *
     * @param gradientSum sums over the examples of the global batch; not changed
     * @param examples of the global batch
     * @return an array that the next call changes
     */
    float[] clip(float[] weights, float[] gradientSum, float examples) {
        System.arraycopy(gradientSum, 0, result, 0, result.length);
        for (Entry entry : clipped) {
            clip(entry.filters(), entry.offset(), weights, examples);
        }
        return result;
    }

    private void clip(Filters rows, int offset, float[] weights, float examples) {
        double[] weightSquares = rows.dots(weights, offset, weights, offset);
        double[] gradientSquares = rows.dots(result, offset, result, offset);
        float[] factors = new float[rows.outputs()];
        for (int row = 0; row < factors.length; row++) {
            double most = limit * Math.max(Math.sqrt(weightSquares[row]), LEAST_WEIGHT_NORM);
            double norm = Math.sqrt(gradientSquares[row]) / examples;
            factors[row] = norm > most ? (float) (most / Math.max(norm, LEAST_GRADIENT_NORM)) : 1;
        }
        rows.forEachRun((first, count, at) -> {
            for (int i = 0; i < count; i++) {
                result[offset + at + i] *= factors[first + i];
            }
        });
    }
}
