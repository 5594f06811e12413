/**
 * Data: what rows there are, which shard sees which of them when, and how they become tensors.
 *
 * <p>{@link io.syncbn.worker.data.DataFormats#open} makes a {@link io.syncbn.worker.data.Dataset} of any kind: an index with
 * labels, whose rows are decoded when they are read. {@link io.syncbn.worker.data.DecodedDataset} keeps the rows of a
 * worker's shards in memory. {@link io.syncbn.worker.data.ShardRows} and {@link io.syncbn.worker.data.BatchPlan} say, as
 * pure functions of the job, which rows a shard sees in a step; {@link io.syncbn.worker.data.BatchLoader} turns them into
 * normalized, augmented tensors. Nothing here depends on how many workers there are.
 */
package io.syncbn.worker.data;
