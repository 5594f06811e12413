package io.syncbn.proto.tree;

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
    void intervalsAreCountedShardByShard() {
        Grouping grouping = new Grouping(11, 4);
        for (ShardRun run : ShardRun.deal(11, 3)) {
            for (int group = 0; group < grouping.groups(); group++) {
                ShardRun shards = grouping.runOf(group);
                assertThat(shards.shards())
                        .allMatch(shard -> grouping.groupOf(shard) == grouping.groupOf(shards.first()));
                assertThat(run.overlap(shards))
                        .isEqualTo((int) run.shards().filter(shards::contains).count());
                assertThat(run.contains(shards)).isEqualTo(shards.shards().allMatch(run::contains));
            }
        }
    }

    /** The last group has three shards: its tree's right edge covers only those that exist. */
    @Test
    void aNodeCoversTheShardsBelowIt() {
        Grouping grouping = new Grouping(11, 4);
        assertThat(grouping.runUnder(0, new Node(2, 0))).isEqualTo(new ShardRun(0, 4));
        assertThat(grouping.runUnder(1, new Node(1, 1))).isEqualTo(new ShardRun(6, 2));
        assertThat(grouping.runUnder(2, new Node(1, 1))).isEqualTo(new ShardRun(10, 1));
        assertThat(grouping.runUnder(2, new Node(2, 0))).isEqualTo(new ShardRun(8, 3));
    }

    @Test
    void isReadAsAPersonWouldSayIt() {
        assertThat(new ShardRun(4, 2)).hasToString("shards 4 to 5");
        assertThat(new ShardRun(4, 1)).hasToString("shard 4");
        assertThatThrownBy(() -> new ShardRun(4, 0)).hasMessage("no run of 0 shards from 4");
    }
}
