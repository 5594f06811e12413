package io.syncbn.worker.data;

import io.syncbn.proto.job.Job;
import io.syncbn.worker.random.CounterRandom;
import io.syncbn.worker.random.CounterRandom.Purpose;
import java.util.Arrays;

/**
 * Which rows a shard sees in which step; a pure function of the job. A data epoch is a pass of every shard over its rows,
 * each once, {@code batch} at a time in the epoch's order; at its end a shard has fewer rows, or none, while others
 * finish theirs.
 *
 * @param trainRows N
 * @param shards S; at most N
 * @param batch b, rows of a shard in a step
 * @param seed of the orders
 * @param shuffle whether each epoch has another order; else rows ascend
 */
public record BatchPlan(int trainRows, int shards, int batch, long seed, boolean shuffle) {

    public BatchPlan {
        if (shards < 1 || batch < 1) {
            throw new IllegalArgumentException(shards + " shards with batches of " + batch);
        }
        if (shards > trainRows) {
            throw new DataException("--shards is " + shards + ", but there are only " + trainRows
                    + " training rows; every shard needs at least one");
        }
    }

    /** A job's. */
    public static BatchPlan of(Job job, int trainRows) {
        return new BatchPlan(
                trainRows,
                job.batches().shards(),
                job.batches().batch(),
                job.determinism().seed(),
                job.data().shuffle());
    }

    /** ⌈⌈N / S⌉ / b⌉: what the largest shard needs. */
    public int stepsPerEpoch() {
        return (largestShard() - 1) / batch + 1;
    }

    private int largestShard() {
        return new ShardRows(trainRows, shards).count(0);
    }

    /**
     * The data epoch of a step, from 0.
     *
     * @param step from 1
     */
    public long epochOf(long step) {
        if (step < 1) {
            throw new IllegalArgumentException("steps count from 1, not " + step);
        }
        return (step - 1) / stepsPerEpoch();
    }

    /** The shard's rows in a step. */
    public int[] rows(long step, int shard) {
        return rows(step, order(epochOf(step), shard));
    }

    /** The same, given the shard's order. */
    int[] rows(long step, int[] order) {
        long from = Math.min(order.length, (step - 1) % stepsPerEpoch() * batch);
        return Arrays.copyOfRange(order, (int) from, (int) Math.min(order.length, from + batch));
    }

    /** All rows of a shard in the order of an epoch (Fisher &amp; Yates 1938, Durstenfeld's form). */
    public int[] order(long epoch, int shard) {
        int[] order = new ShardRows(trainRows, shards).of(shard);
        if (shuffle) {
            CounterRandom random = new CounterRandom(seed, Purpose.SHUFFLE, epoch, shard, 0);
            for (int i = order.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int row = order[i];
                order[i] = order[j];
                order[j] = row;
            }
        }
        return order;
    }
}
