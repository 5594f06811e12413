package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchPlanTest {

    @Test
    void everyRowComesOnceAnEpoch() {
        long seed = 11;
        Random random = new Random(seed);
        for (int trial = 0; trial < 300; trial++) {
            int shards = 1 + random.nextInt(9);
            int rows = shards + random.nextInt(60);
            BatchPlan plan =
                    new BatchPlan(rows, shards, 1 + random.nextInt(7), random.nextLong(), random.nextBoolean());
            int[] seen = new int[rows];
            long first = 1 + random.nextInt(5) * (long) plan.stepsPerEpoch();
            int largest = 0;
            for (long step = first; step < first + plan.stepsPerEpoch(); step++) {
                assertThat(plan.epochOf(step)).isEqualTo(plan.epochOf(first));
                largest = 0;
                for (int shard = 0; shard < shards; shard++) {
                    int[] batch = plan.rows(step, shard);
                    largest = Math.max(largest, batch.length);
                    for (int row : batch) {
                        assertThat(row % shards).isEqualTo(shard);
                        seen[row]++;
                    }
                }
            }
            assertThat(seen).as("seed %d, trial %d, %s", seed, trial, plan).containsOnly(1);
            assertThat(largest).as("rows in the last step, %s", plan).isPositive();
        }
    }

    @Test
    void countsStepsAndEpochs() {
        BatchPlan plan = new BatchPlan(10, 3, 2, 1, false);
        assertThat(plan.stepsPerEpoch()).isEqualTo(2);
        assertThat(plan.epochOf(1)).isZero();
        assertThat(plan.epochOf(2)).isZero();
        assertThat(plan.epochOf(3)).isOne();
        assertThat(plan.rows(1, 0)).containsExactly(0, 3);
        assertThat(plan.rows(2, 0)).containsExactly(6, 9);
        assertThat(plan.rows(2, 1)).containsExactly(7);
        assertThat(plan.rows(4, 2)).containsExactly(8);
        assertThat(new BatchPlan(4, 3, 1, 1, false).rows(2, 1)).isEmpty();
        assertThatThrownBy(() -> plan.epochOf(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ordersDifferBySeedEpochAndShardOnly() {
        int[] order = new BatchPlan(400, 2, 4, 5, true).order(3, 0);
        assertThat(new BatchPlan(400, 2, 9, 5, true).order(3, 0)).isEqualTo(order);
        assertThat(new BatchPlan(400, 2, 4, 6, true).order(3, 0)).isNotEqualTo(order);
        assertThat(new BatchPlan(400, 2, 4, 5, true).order(4, 0)).isNotEqualTo(order);
        int[] other = Arrays.stream(new BatchPlan(400, 2, 4, 5, true).order(3, 1))
                .map(row -> row - 1)
                .toArray();
        assertThat(other).isNotEqualTo(order).containsExactlyInAnyOrder(order);
    }

    @Test
    void ordersNeverChange() {
        assertThat(new BatchPlan(10, 1, 1, 1, true).order(0, 0)).containsExactly(5, 1, 7, 6, 9, 4, 8, 3, 0, 2);
    }

    @Test
    void refusesMoreShardsThanRows() {
        assertThatThrownBy(() -> new BatchPlan(3, 4, 1, 1, true))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("--shards is 4", "only 3 training rows");
    }

    @Test
    void givesRowsToShardsInTurn() {
        ShardRows rows = new ShardRows(7, 3);
        assertThat(rows.of(0)).containsExactly(0, 3, 6);
        assertThat(rows.of(2)).containsExactly(2, 5);
        assertThat(rows.of(1, 2)).containsExactly(1, 4, 2, 5);
        assertThat(new ShardRows(2, 3).of(2)).isEmpty();
    }
}
