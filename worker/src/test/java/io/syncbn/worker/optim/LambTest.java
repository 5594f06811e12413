package io.syncbn.worker.optim;

import static io.syncbn.worker.optim.OptimizerRun.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.syncbn.worker.nn.ParameterLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** By hand; {@link EveryOptimizerTest} has the rest. */
class LambTest {
    /** Two weights, a bias, and a weight of the last layer. */
    private static final ParameterLayout FOUR = OptimizerRun.layer(1, 2);

    @Test
    void hasItsAuthorsDefaultsAndAdamsSlots() {
        assertThat(job("lamb").optimizer().values())
                .isEqualTo(Map.of("beta1", "0.9", "beta2", "0.999", "optimizer-epsilon", "1.0E-6"));
        assertThat(Optimizers.of(job("lamb").optimizer()).slots())
                .isEqualTo(new SlotNames(List.of("exp_avg", "exp_avg_sq"), List.of("step")));
    }

    /** u is (1, −1), as bias correction makes it the gradient's sign; so the ratio is 5/√2. A bias has none. */
    @Test
    void theFirstStepByHand() {
        OptimizerRun run = new OptimizerRun(job("lamb"), FOUR, 3, 4, 3, 2);
        run.step(0.1, 10, -10, 10, 10);
        float moved = (float) (0.1 * 5 / Math.sqrt(2));
        assertThat(run.weights).containsExactly(new float[] {3 - moved, 4 + moved, 2.9f, 1.8f}, within(1e-6f));
        assertThat(run.slots.counter("step")).isEqualTo(1);
    }

    /** u is (1 + 1.5, −1 + 2), with a norm of √7.25. */
    @Test
    void theRatioIsThatOfTheDirectionWithItsDecay() {
        OptimizerRun run = new OptimizerRun(job("lamb", "weight-decay", "0.5"), FOUR, 3, 4, 3, 2);
        run.step(0.1, 10, -10, 10, 10);
        float ratio = (float) (5 / Math.sqrt(7.25));
        assertThat(run.weights)
                .containsExactly(new float[] {3 - 0.25f * ratio, 4 - 0.1f * ratio, 2.9f, 1.8f}, within(1e-6f));
        assertThat(run.slots.array("exp_avg")[0]).as("without decay").isCloseTo(1, within(1e-6f));
    }

    @Test
    void fromZerosTheRatioIsOne() {
        OptimizerRun run = new OptimizerRun(job("lamb"), FOUR, 0, 0, 0, 2);
        run.step(0.1, 10, -10, 10, 0);
        assertThat(run.weights).containsExactly(new float[] {-0.1f, 0.1f, -0.1f, 2}, within(1e-6f));
    }
}
