package io.syncbn.coordinator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.coordinator.membership.Patience;
import io.syncbn.coordinator.membership.Straggler;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CoordinatorConfigTest {

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> new CoordinatorConfig(
                        "host",
                        0,
                        "job",
                        4,
                        5,
                        7,
                        6,
                        Duration.ZERO,
                        Straggler.WAIT,
                        Optional.empty(),
                        Optional.empty(),
                        new Patience(100, 150, 1000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("""
                        6 workers for 4 shards; expected 1 to 4, so that each has a shard
                        at least 7 workers of at most 6; expected 1 to 6
                        normalization groups of 5 among 4 shards; expected 1 to 4
                        a join timeout of 0 ms; expected more than 0
                        a silence of 150 ms for heartbeats of 100 ms; expected at least two heartbeats""");
    }
}
