package io.syncbn.coordinator.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShardRunTest {

    @Test
    void everyShardIsDealtOnceInOrderAndEvenly() {
        for (int shards = 1; shards <= 40; shards++) {
            for (int workers = 1; workers <= shards; workers++) {
                List<ShardRun> runs = ShardRun.deal(shards, workers);
                assertThat(runs).hasSize(workers);
                int next = 0;
                for (ShardRun run : runs) {
                    assertThat(run.first()).isEqualTo(next);
                    assertThat(run.count()).isBetween(shards / workers, (shards + workers - 1) / workers);
                    next = run.end();
                }
                assertThat(next).isEqualTo(shards);
            }
        }
    }

    @Test
    void isReadAsAPersonWouldSayIt() {
        assertThat(new ShardRun(4, 2)).hasToString("shards 4 to 5");
        assertThat(new ShardRun(4, 1)).hasToString("shard 4");
        assertThatThrownBy(() -> new ShardRun(4, 0)).hasMessage("no run of 0 shards from 4");
    }
}
