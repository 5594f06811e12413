package io.syncbn.coordinator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.coordinator.membership.Patience;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.proto.net.Address;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CoordinatorConfigTest {

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> new CoordinatorConfig(
                        new Address("host", 0),
                        new CoordinatorConfig.JobFacts("job", 4, 5),
                        new CoordinatorConfig.Workers(7, 6, Straggler.WAIT),
                        new CoordinatorConfig.Timeouts(
                                Duration.ZERO, Duration.ofSeconds(-1), new Patience(100, 150, 1000)),
                        Optional.empty(),
                        Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("""
                        6 workers for 4 shards; expected 1 to 4, so that each has a shard
                        at least 7 workers of at most 6; expected 1 to 6
                        normalization groups of 5 among 4 shards; expected 1 to 4
                        a join timeout of 0 ms; expected more than 0
                        a limit of -1000 ms on states; expected more than 0
                        a silence of 150 ms for heartbeats of 100 ms; expected at least two heartbeats""");
    }
}
