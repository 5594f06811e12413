package io.syncbn.coordinator.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SlowWorkersTest {
    private final SlowWorkers slow = new SlowWorkers(2);

    @Test
    void twoStepsInARowMakeAWorkerSlow() {
        assertThat(slow.committed(1, 100, List.of(0L, 51L))).isEmpty();
        assertThat(slow.committed(2, 100, List.of(0L, 51L))).containsExactly(1);
    }

    @Test
    void oneGoodStepInBetweenDoesNot() {
        assertThat(slow.committed(1, 100, List.of(51L, 0L))).isEmpty();
        assertThat(slow.committed(2, 100, List.of(50L, 0L))).isEmpty();
        assertThat(slow.committed(3, 100, List.of(51L, 0L))).isEmpty();
    }

    @Test
    void aSlowWorkerIsNamedOnceInTwentySteps() {
        slow.committed(1, 100, List.of(51L, 0L));
        assertThat(slow.committed(2, 100, List.of(51L, 0L))).containsExactly(0);
        for (int step = 3; step < 22; step++) {
            assertThat(slow.committed(step, 100, List.of(51L, 0L)))
                    .as("step %d", step)
                    .isEmpty();
        }
        assertThat(slow.committed(22, 100, List.of(51L, 0L))).containsExactly(0);
    }
}
