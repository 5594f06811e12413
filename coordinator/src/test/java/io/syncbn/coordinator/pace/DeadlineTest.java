package io.syncbn.coordinator.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private final Deadline deadline = new Deadline(TimeUnit.MILLISECONDS.toNanos(1800));

    @Test
    void isLongUntilStepsAreKnown() {
        deadline.begin(0);
        for (int step = 0; step < 4; step++) {
            deadline.committed(millis(100));
            assertThat(deadline.limitNanos(true)).isEqualTo(millis(30_000));
        }
        deadline.committed(millis(100));
        assertThat(deadline.limitNanos(true)).isEqualTo(millis(2_000));

        deadline.begin(millis(500));
        assertThat(deadline.limitNanos(true)).as("in a new generation").isEqualTo(millis(30_000));
    }

    @Test
    void followsTheMedianOfRecentSteps() {
        deadline.begin(0);
        for (int step = 0; step < 31; step++) {
            deadline.committed(millis(step < 16 ? 100 : 5_000));
        }
        assertThat(deadline.limitNanos(true)).isEqualTo(millis(2_000));
        deadline.committed(millis(5_000));
        assertThat(deadline.limitNanos(true)).as("the first step is forgotten").isEqualTo(millis(11_800));
    }

    @Test
    void isOverWhenASumHasWaitedForLonger() {
        learned();
        assertThat(deadline.isOver(true, millis(1_000), millis(3_000))).isFalse();
        assertThat(deadline.isOver(true, millis(1_000), millis(3_001))).isTrue();
        assertThat(deadline.waitedNanos(millis(1_000), millis(3_001))).isEqualTo(millis(2_001));
    }

    @Test
    void sumsOutsideStepsHaveAmpleTime() {
        learned();
        assertThat(deadline.isOver(false, millis(1_000), millis(601_000))).isFalse();
        assertThat(deadline.isOver(false, millis(1_000), millis(601_001))).isTrue();
    }

    @Test
    void timeInWhichThisProcessStoodStillDoesNotCount() {
        learned();
        deadline.stoodStill(millis(60_000));
        assertThat(deadline.isOver(true, millis(1_000), millis(62_000))).isFalse();
        assertThat(deadline.isOver(true, millis(1_000), millis(62_001))).isTrue();
    }

    private void learned() {
        deadline.begin(0);
        for (int step = 0; step < 5; step++) {
            deadline.committed(millis(100));
        }
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
