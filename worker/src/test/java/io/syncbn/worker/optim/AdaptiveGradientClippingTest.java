package io.syncbn.worker.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.worker.kernels.WeightOrder;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** By hand; {@link EveryOptimizerTest} has more layouts and numbers. */
class AdaptiveGradientClippingTest {
    /** Two rows of two weights, two biases, and a weight of the last layer. */
    private static final ParameterLayout SEVEN = OptimizerRun.layer(2, 2);

    private static float[] clip(double limit, ParameterLayout layout, float[] weights, float... sum) {
        return new AdaptiveGradientClipping(limit, layout).clip(weights, sum, 4);
    }

    /** The rows' norms are 5 and 1, the biases' together 2.5; the gradient's, of 4 examples, 10, 0.05 and 5. */
    @Test
    void eachRowHasItsOwnLimit() {
        float[] weights = {3, 4, 0, 1, 1.5f, 2, 1};
        assertThat(clip(0.1, SEVEN, weights, 32, -24, 0.12f, 0.16f, 16, 12, 1000))
                .containsExactly(
                        new float[] {4 * 0.4f, -4 * 0.3f, 0.12f, 0.16f, 4 * 0.2f, 4 * 0.15f, 1000}, within(1e-6f));
    }

    @Test
    void aGradientBelowTheLimitKeepsItsBits() {
        float[] weights = {3, 4, 0, 1, 1.5f, 2, 1};
        float[] sum = {0.1f, 0.2f, 0.3f, 0.1f, 0.7f, 0.6f, 1000};
        assertThat(clip(0.1, SEVEN, weights, sum)).containsExactly(sum);
    }

    /** A layer that begins with zeros is to move at all: its rows count as if their norm were 1e-3. */
    @Test
    void rowsOfZerosMayMove() {
        assertThat(clip(0.1, SEVEN, new float[7], 12, 16, 1.2e-4f, 1.6e-4f, 0, 0, 1))
                .containsExactly(new float[] {2.4e-4f, 3.2e-4f, 1.2e-4f, 1.6e-4f, 0, 0, 1}, within(1e-10f));
        assertThat(clip(1e-4, SEVEN, new float[7], 1.2e-6f, 1.6e-6f, 0, 0, 0, 0, 1))
                .as("divided by 1e-6, not by 5e-7")
                .startsWith(new float[] {1.2e-7f, 1.6e-7f}, within(1e-13f));
    }

    /** All arrays of the last layer, and only those. */
    @Test
    void theLastLayerIsNotClipped() {
        ParameterLayout layout = OptimizerRun.layout(
                Map.of(), "fc.weight", List.of(1, 1), "head.fc.weight", List.of(2, 1), "head.fc.bias", List.of(2));
        float[] ones = {1, 1, 1, 1, 1};
        assertThat(clip(0.5, layout, ones, 40, 40, 40, 40, 40)).containsExactly(2, 40, 40, 40, 40);
    }

    /** A filter of a convolution is one row, over inputs, height and width. */
    @Test
    void aFilterIsARow() {
        ParameterLayout layout = OptimizerRun.layout(
                Map.of(), "conv.weight", List.of(2, 1, 1, 2), "scale.weight", List.of(2), "fc.weight", List.of(1, 2));
        float[] ones = {3, 4, 6, 8, 3, 4, 1, 1};
        assertThat(clip(1, layout, ones, 64, 48, 64, 48, 64, 48, 64, 48))
                .containsExactly(new float[] {16, 12, 32, 24, 16, 12, 64, 48}, within(1e-5f));
    }

    /** Weights of a convolution do not stand as in a file: filters are the same all the same, and so are their norms. */
    @Test
    void filtersInPanelsAreClippedAlike() {
        int filters = 70;
        WeightOrder order = new WeightOrder(filters, 3, 4);
        List<Integer> dimensions = List.of(filters, 3, 2, 2);
        int size = filters * 12;
        Entry last = new Entry("fc.weight", List.of(1, 2), size, Role.WEIGHT);
        Entry rows = new Entry("conv.weight", dimensions, 0, Role.WEIGHT);
        Entry panels = new Entry("conv.weight", dimensions, 0, Role.WEIGHT, Optional.of(order));
        float[] weights = numbers(1, size + 2);
        float[] sum = numbers(2, size + 2);
        float[] orderedWeights = weights.clone();
        float[] orderedSum = sum.clone();
        panels.write(weights, orderedWeights);
        panels.write(sum, orderedSum);
        float[] expected = clip(0.3, new ParameterLayout(List.of(rows, last)), weights, sum);
        float[] clipped = clip(0.3, new ParameterLayout(List.of(panels, last)), orderedWeights, orderedSum);
        assertThat(expected).isNotEqualTo(sum);
        assertThat(panels.read(clipped)).containsExactly(Arrays.copyOf(expected, size), within(1e-6f));
    }

    private static float[] numbers(long seed, int count) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
