package io.syncbn.coordinator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.syncbn.coordinator.membership.Limits;
import io.syncbn.coordinator.membership.MembershipTimeouts;
import io.syncbn.coordinator.membership.Rules;
import io.syncbn.coordinator.membership.Straggler;
import io.syncbn.coordinator.membership.WorkerRange;
import io.syncbn.coordinator.service.Spectator;
import io.syncbn.proto.net.Address;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CoordinatorConfigTest {

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> new CoordinatorConfig(
                        new Address("host", 0),
                        new Rules(
                                "job",
                                4,
                                new WorkerRange(7, 6),
                                new MembershipTimeouts(
                                        Duration.ZERO,
                                        Duration.ofMillis(100),
                                        Duration.ofMillis(150),
                                        Duration.ofSeconds(1),
                                        Duration.ZERO,
                                        Duration.ofSeconds(10)),
                                Straggler.WAIT,
                                new Limits(Duration.ofSeconds(-1), Long.MAX_VALUE, 100)),
                        5,
                        Optional.empty(),
                        Optional.empty(),
                        Spectator.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("""
                        6 workers for 4 shards; expected 1 to 4, so that each has a shard
                        at least 7 workers of at most 6; expected 1 to 6
                        normalization groups of 5 among 4 shards; expected 1 to 4
                        a join timeout of 0 ms; expected more than 0
                        a silence of 150 ms for heartbeats of 100 ms; expected at least two heartbeats
                        a slack of 0 ms and 10000 ms to get ready; expected more than 0
                        a limit of -1000 ms on states; expected more than 0""");
    }
}
