package io.syncbn.worker.data;

import io.syncbn.worker.nn.Tensor;
import java.util.Arrays;

/**
 * Makes the batches of one shard: reads rows, normalizes them, and varies those of training. Used by one thread; owns the
 * batch that it returns, which the next call overwrites.
 */
public final class BatchLoader {
    private final Dataset data;
    private final BatchPlan plan;
    private final int shard;
    private final ChannelStatistics statistics;
    private final boolean augment;
    private final int testChunk;
    private final int[] testRows;
    private final float[] picture;
    private final float[] values;
    private final int[] labels;

    private long orderEpoch = -1;
    private int[] order;

    /**
     * Examples and their classes.
     *
     * @param labels in the first {@code images().examples()} places
     */
    public record Batch(Tensor images, int[] labels) {}

    /**
     * @param augment whether training pictures are varied
     * @param testChunk examples of a batch of test rows
     */
    public BatchLoader(
            Dataset data, BatchPlan plan, int shard, ChannelStatistics statistics, boolean augment, int testChunk) {
        this.data = data;
        this.plan = plan;
        this.shard = shard;
        this.statistics = statistics;
        this.augment = augment;
        this.testChunk = testChunk;
        testRows = new ShardRows(data.test().size(), plan.shards()).of(shard);
        int capacity = Math.max(plan.batch(), testChunk);
        picture = new float[data.shape().size()];
        values = new float[Math.multiplyExact(capacity, picture.length)];
        labels = new int[capacity];
    }

    /**
     * The shard's batch of a step, which may be empty.
     *
     * @param step from 1
     */
    public Batch train(long step) {
        if (!augment) {
            return plain(step);
        }
        int[] rows = rows(step);
        for (int i = 0; i < rows.length; i++) {
            readNormalized(data.train(), rows[i], i);
            Augmentation.apply(
                    data.shape(),
                    Augmentation.random(plan.seed(), plan.epochOf(step), rows[i]),
                    picture,
                    values,
                    i * picture.length);
        }
        return batch(rows.length);
    }

    /** The same as the rows are, whether or not those of training are varied. */
    public Batch plain(long step) {
        int[] rows = rows(step);
        for (int i = 0; i < rows.length; i++) {
            read(data.train(), rows[i], i);
        }
        return batch(rows.length);
    }

    private int[] rows(long step) {
        long epoch = plan.epochOf(step);
        if (epoch != orderEpoch) {
            order = plan.order(epoch, shard);
            orderEpoch = epoch;
        }
        return plan.rows(step, order);
    }

    /** How many batches hold the shard's test rows; may be 0. */
    public int testChunks() {
        return (testRows.length + testChunk - 1) / testChunk;
    }

    /** The shard's test rows from {@code chunk * testChunk} on. */
    public Batch test(int chunk) {
        return test(chunk * testChunk, testChunk);
    }

    /** The shard's test rows as batches of training's size; may be empty. */
    public Batch testBatch(int number) {
        return test(number * plan.batch(), plan.batch());
    }

    private Batch test(int first, int count) {
        int from = Math.min(testRows.length, first);
        int[] rows = Arrays.copyOfRange(testRows, from, Math.min(testRows.length, from + count));
        for (int i = 0; i < rows.length; i++) {
            read(data.test(), rows[i], i);
        }
        return batch(rows.length);
    }

    private void read(Dataset.Split split, int row, int example) {
        readNormalized(split, row, example);
        System.arraycopy(picture, 0, values, example * picture.length, picture.length);
    }

    private void readNormalized(Dataset.Split split, int row, int example) {
        split.read(row, picture, 0);
        statistics.normalize(picture);
        labels[example] = split.label(row);
    }

    private Batch batch(int examples) {
        return new Batch(new Tensor(values, examples, data.shape()), labels);
    }
}
