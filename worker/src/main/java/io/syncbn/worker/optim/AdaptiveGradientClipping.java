package io.syncbn.worker.optim;

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
    private final List<Rows> clipped = new ArrayList<>();
    private final float[] result;

    /** @param limit above 0 */
    AdaptiveGradientClipping(double limit, ParameterLayout parameters) {
        this.limit = limit;
        this.result = new float[parameters.size()];
        List<Entry> entries = parameters.entries();
        String lastLayer = layer(entries.get(entries.size() - 1));
        for (Entry entry : entries) {
            if (!layer(entry).equals(lastLayer)) {
                clipped.add(Rows.of(entry));
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
        for (Rows rows : clipped) {
            for (int from = rows.from(); from < rows.to(); from += rows.length()) {
                clipRow(weights, from, from + rows.length(), examples);
            }
        }
        return result;
    }

    private void clipRow(float[] weights, int from, int to, float examples) {
        double most = limit * Math.max(L2Norm.of(weights, from, to), LEAST_WEIGHT_NORM);
        double norm = L2Norm.ofMean(result, from, to, examples);
        if (norm > most) {
            float factor = (float) (most / Math.max(norm, LEAST_GRADIENT_NORM));
            for (int i = from; i < to; i++) {
                result[i] *= factor;
            }
        }
    }

    /**
     * The rows of one parameter.
     *
     * @param from its first element
     * @param to behind its last
     * @param length of each row
     */
    private record Rows(int from, int to, int length) {
        static Rows of(Entry entry) {
            int rows = entry.dimensions().size() > 1 ? entry.dimensions().get(0) : 1;
            return new Rows(entry.offset(), entry.offset() + entry.size(), entry.size() / rows);
        }
    }
}
