package io.syncbn.worker.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.proto.job.JobParser;
import io.syncbn.proto.job.Optimization;
import io.syncbn.worker.nn.ParameterLayout;
import io.syncbn.worker.nn.ParameterLayout.Entry;
import io.syncbn.worker.nn.ParameterLayout.Role;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightAverageTest {
    private static final int SIZE = 7;
    private static final ParameterLayout LAYOUT =
            new ParameterLayout(List.of(new Entry("fc.weight", List.of(1, SIZE), 0, Role.WEIGHT)));

    private static Optimization job(String optimizer, String decay) {
        return JobParser.parse(Map.of("optimizer", optimizer, "ema-decay", decay, "lr", "0.1"), 1)
                .optimization();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "adamw", "lars", "lamb"})
    void itFollowsTheWeightsAndDoesNotLeadThem(String optimizer) {
        Optimization job = job(optimizer, "0.75");
        Slots slots = Slots.zeros(Optimizers.of(job).slots(), SIZE);
        Optimization without = job(optimizer, "0");
        Slots plainSlots = Slots.zeros(Optimizers.of(without).slots(), SIZE);
        Random random = new Random(3);
        float[] weights = random(random);
        float[] plain = weights.clone();
        double[] expected = new double[SIZE];
        assertThat(WeightAverage.in(slots)).isEmpty();
        for (int step = 1; step <= 5; step++) {
            float[] gradient = random(random);
            new WeightUpdates(job, LAYOUT, slots).step(weights, gradient, 4, 0.1);
            new WeightUpdates(without, LAYOUT, plainSlots).step(plain, gradient, 4, 0.1);
            for (int i = 0; i < SIZE; i++) {
                expected[i] = step == 1 ? weights[i] : 0.75 * expected[i] + 0.25 * weights[i];
                assertThat(WeightAverage.in(slots).orElseThrow()[i]).isCloseTo((float) expected[i], within(1e-6f));
            }
        }
        assertThat(weights).containsExactly(plain);
        assertThat(slots.counter("n_averaged")).isEqualTo(5);
        assertThat(WeightAverage.in(plainSlots)).isEmpty();
    }

    /** One number for a whole layer learns at a tenth of the rate, by every optimizer. */
    @ParameterizedTest
    @ValueSource(strings = {"sgd", "adamw", "lars", "lamb"})
    void scalarsLearnSlowly(String optimizer) {
        Optimization job = JobParser.parse(Map.of("optimizer", optimizer, "weight-decay", "0"), 1)
                .optimization();
        float[] scalar = step(job, Role.SCALAR);
        float[] bias = step(job, Role.BIAS);
        assertThat(bias[0] - 2).isNotZero();
        assertThat((scalar[0] - 2) / (bias[0] - 2)).isCloseTo(0.1f, within(1e-4f));
    }

    private static float[] step(Optimization job, Role role) {
        ParameterLayout layout = new ParameterLayout(List.of(new Entry("x", List.of(1), 0, role)));
        float[] weights = {2};
        new WeightUpdates(job, layout, Slots.zeros(Optimizers.of(job).slots(), 1))
                .step(weights, new float[] {3}, 2, 0.5);
        return weights;
    }

    @Test
    void itsSlotsHaveNamesOfTheirOwn() {
        assertThat(Optimizers.of(job("adamw", "0.9")).slots())
                .isEqualTo(new SlotNames(List.of("exp_avg", "exp_avg_sq", "ema"), List.of("step", "n_averaged")));
    }

    private static float[] random(Random random) {
        float[] values = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
