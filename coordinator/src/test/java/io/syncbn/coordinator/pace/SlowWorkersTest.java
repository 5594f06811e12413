package io.syncbn.coordinator.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SlowWorkersTest {
    private static final List<Integer> NOBODY = List.of();

    private final SlowWorkers slow = new SlowWorkers(2);

    @Test
    void twoStepsInARowMakeAWorkerSlow() {
        assertThat(named(1, 0, 51)).isEmpty();
        assertThat(named(2, 0, 51)).containsExactly(1);
    }

    @Test
    void oneGoodStepInBetweenDoesNot() {
        assertThat(named(1, 51, 0)).isEmpty();
        assertThat(named(2, 50, 0)).isEmpty();
        assertThat(named(3, 51, 0)).isEmpty();
    }

    @Test
    void aSlowWorkerIsNamedOnceInTwentySteps() {
        named(1, 51, 0);
        assertThat(named(2, 51, 0)).containsExactly(0);
        for (int step = 3; step < 22; step++) {
            assertThat(named(step, 51, 0)).as("step %d", step).isEmpty();
        }
        assertThat(named(22, 51, 0)).containsExactly(0);
    }

    @Test
    void tenStepsInARowMakeAStragglerAndTenMoreSaySoAgain() {
        List<Integer> steps = new ArrayList<>();
        for (int step = 1; step <= 35; step++) {
            boolean isSlow = step != 6;
            List<Integer> straggling = slow.committed(step, 100, List.of(isSlow ? 51L : 0L, 0L), NOBODY)
                    .straggling();
            if (!straggling.isEmpty()) {
                assertThat(straggling).containsExactly(0);
                steps.add(step);
            }
        }
        assertThat(steps).containsExactly(16, 26);
    }

    @Test
    void whoIsBeforeItsBackupTwentyTimesInARowKeepsUp() {
        Map<Integer, Integer> last = Map.of();
        for (int step = 1; step <= 50; step++) {
            List<Integer> before = step == 10 ? NOBODY : List.of(1);
            last = slow.committed(step, 100, List.of(0L, 0L), before).keepingUp();
            assertThat(last).as("step %d", step).isEqualTo(expected(step));
        }
        assertThat(last).isEqualTo(Map.of(1, 40));
    }

    private static Map<Integer, Integer> expected(int step) {
        return step == 30 || step == 50 ? Map.of(1, step - 10) : Map.of();
    }

    private List<Integer> named(long step, long first, long second) {
        return slow.committed(step, 100, List.of(first, second), NOBODY).named();
    }
}
