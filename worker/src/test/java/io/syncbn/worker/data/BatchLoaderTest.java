package io.syncbn.worker.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.syncbn.worker.data.BatchLoader.Batch;
import io.syncbn.worker.nn.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchLoaderTest {
    private static final Shape SHAPE = new Shape(8, 8, 1);
    private static final ChannelStatistics STATISTICS = new ChannelStatistics(new float[] {2}, new float[] {4});

    /** Row i holds i everywhere but for its first number, and has label i mod 3. */
    private static InMemorySplit split(int rows) {
        float[][] values = new float[rows][64];
        int[] labels = new int[rows];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(values[row], 1, 64, row);
            labels[row] = row % 3;
        }
        return new InMemorySplit(values, labels);
    }

    private final Dataset data = new OpenDataset(SHAPE, Dataset.numbers(3), split(11), split(5), "digest", () -> {});
    private final BatchPlan plan = new BatchPlan(11, 2, 4, 1, true);

    @Test
    void normalizesThePlannedRows() {
        for (int shard = 0; shard < 2; shard++) {
            BatchLoader loader = new BatchLoader(data, plan, shard, STATISTICS, false, 2);
            for (long step : new long[] {1, 2, 3, 4, 1}) {
                int[] rows = plan.rows(step, shard);
                Batch batch = loader.train(step);
                assertThat(batch.images().examples()).isEqualTo(rows.length);
                for (int i = 0; i < rows.length; i++) {
                    assertThat(batch.labels()[i]).isEqualTo(rows[i] % 3);
                    assertThat(batch.images().values()[i * 64]).isEqualTo(-0.5f);
                    assertThat(batch.images().values()[i * 64 + 63]).isEqualTo((rows[i] - 2) / 4f);
                }
            }
        }
    }

    @Test
    void aRowsVariationDependsOnEpochAndRowOnly() {
        BatchLoader alone = new BatchLoader(data, new BatchPlan(11, 1, 11, 1, false), 0, STATISTICS, true, 1);
        BatchLoader shared = new BatchLoader(data, new BatchPlan(11, 2, 1, 1, false), 1, STATISTICS, true, 1);
        float[] all = alone.train(1).images().values().clone();
        float[] later = alone.train(2).images().values();
        assertThat(later).isNotEqualTo(all);
        for (int step = 1; step <= 5; step++) {
            int row = 2 * step - 1;
            assertThat(Arrays.copyOf(shared.train(step).images().values(), 64))
                    .isEqualTo(Arrays.copyOfRange(all, 64 * row, 64 * row + 64));
        }
    }

    @Test
    void anEndedShardHasAnEmptyBatch() {
        BatchLoader loader = new BatchLoader(data, new BatchPlan(11, 2, 1, 1, true), 1, STATISTICS, true, 1);
        assertThat(loader.train(5).images().examples()).isEqualTo(1);
        assertThat(loader.train(6).images().examples()).isZero();
    }

    @Test
    void testRowsComeOnceInChunks() {
        List<Float> seen = new ArrayList<>();
        for (int shard = 0; shard < 2; shard++) {
            BatchLoader loader = new BatchLoader(data, plan, shard, STATISTICS, true, 2);
            for (int chunk = 0; chunk < loader.testChunks(); chunk++) {
                Batch batch = loader.test(chunk);
                for (int i = 0; i < batch.images().examples(); i++) {
                    seen.add(batch.images().values()[i * 64 + 1] * 4 + 2);
                }
            }
        }
        assertThat(seen).containsExactly(0f, 2f, 4f, 1f, 3f);
        BatchPlan wide = new BatchPlan(11, 8, 1, 1, true);
        assertThat(new BatchLoader(data, wide, 7, STATISTICS, true, 2).testChunks())
                .isZero();
    }
}
