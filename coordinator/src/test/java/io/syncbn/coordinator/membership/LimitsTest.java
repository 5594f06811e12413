package io.syncbn.coordinator.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final Limits LIMITS = new Limits(Duration.ofNanos(60), 1L << 30, 100);

    /** A ResNet-50 with its momentum is 205 MB; eight that come late get 1,640 MB of it. */
    @Test
    void aStateMayTakeTheLongerTheLargerItIs() {
        assertThat(LIMITS.stateNanos(0, 0)).isEqualTo(60);
        assertThat(LIMITS.stateNanos(100 << 20, 1)).isEqualTo(60);
        assertThat(LIMITS.stateNanos(205 << 20, 1)).isEqualTo(60);
        assertThat(LIMITS.stateNanos(205 << 20, 8)).isEqualTo(7 * 60);
    }

    @Test
    void memoryFollowsFromModelAndWorkers() {
        assertThat(Limits.neededBytes(50 << 20, 4)).isEqualTo(214L << 20);
        assertThat(Limits.neededBytes(50 << 20, 1)).isEqualTo(114L << 20);
    }
}
