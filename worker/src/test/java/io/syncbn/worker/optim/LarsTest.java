package io.syncbn.worker.optim;

import static io.syncbn.worker.optim.OptimizerRun.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.worker.nn.ParameterLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** By hand; {@link EveryOptimizerTest} has the rest. */
class LarsTest {
    /** Two weights, a bias, and a weight of the last layer. */
    private static final ParameterLayout FOUR = OptimizerRun.layer(1, 2);

    @Test
    void remembersWhatSgdDoes() {
        assertThat(Optimizers.of(job("lars").optimizer()).slots())
                .isEqualTo(new SlotNames(List.of("momentum_buffer"), List.of()));
    }

    /** ‖w‖ is 5, ‖g‖ 1; so the ratio is 0.01 · 5 / (1 + 0.1 · 5) = 1/30. The buffer has no rate in it. */
    @Test
    void twoStepsByHand() {
        OptimizerRun run = new OptimizerRun(
                job("lars", "trust-coefficient", "0.01", "weight-decay", "0.1", "momentum", "0.5"), FOUR, 3, 4, 1, 2);
        run.step(10, 0.6f, 0.8f, 0.5f, -4);
        assertThat(run.slots.array("momentum_buffer"))
                .containsExactly(new float[] {0.03f, 0.04f, 0.5f, -3.8f * 0.02f / 4.2f}, within(1e-6f));
        assertThat(run.weights).containsExactly(new float[] {2.7f, 3.6f, -4, 2.1809524f}, within(1e-6f));
        run.step(1, 1.8f, 2.4f, 0, -4);
        // 0.01 · 4.5 / (3 + 0.45) · (1.8 + 0.27, 2.4 + 0.36) = (0.027, 0.036)
        assertThat(run.weights).startsWith(new float[] {2.7f - 0.015f - 0.027f, 3.6f - 0.02f - 0.036f}, within(1e-6f));
        assertThat(run.weights[2]).as("a bias").isCloseTo(-4.25f, within(1e-6f));
    }

    /** Then there is no layer's length to follow, or nothing to divide by. */
    @Test
    void withoutAGradientOrWeightsTheRatioIsOne() {
        OptimizerRun run = new OptimizerRun(job("lars", "weight-decay", "0.1", "momentum", "0"), FOUR, 3, 4, 1, 0);
        run.step(1, 0, 0, 0, 0.25f);
        assertThat(run.weights).containsExactly(new float[] {2.7f, 3.6f, 1, -0.25f}, within(1e-6f));
    }

    @Test
    void aStepIsAsLongAsTheWeightsAskWhateverTheGradient() {
        for (float size : new float[] {1e-3f, 1, 1e6f}) {
            for (String clip : List.of("0", "0.01")) {
                OptimizerRun run =
                        new OptimizerRun(job("lars", "trust-coefficient", "0.02", "clip-norm", clip), FOUR, 3, 4, 0, 0);
                run.step(0.5, 0.6f * size, -0.8f * size, 0, 0);
                assertThat(run.weights).startsWith(new float[] {2.97f, 4.04f}, within(1e-5f));
            }
        }
    }

    /** Half of the trust, as ‖g‖ and ε are equal. */
    @Test
    void epsilonStandsBesideTheNormOfTheGradient() {
        OptimizerRun run = new OptimizerRun(job("lars", "trust-coefficient", "1"), FOUR, 6e-9f, 8e-9f, 0, 0);
        run.step(1, 6e-9f, 8e-9f, 0, 0);
        assertThat(run.weights).startsWith(new float[] {3e-9f, 4e-9f}, within(1e-14f));
    }
}
