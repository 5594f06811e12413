package io.syncbn.worker.data;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which rows belong to which shard: shard {@code s} of {@code S} holds the rows {@code i} with {@code i mod S = s}, so
 * that sizes differ by one at most, and rows that lie sorted by class are spread evenly.
 *
 * @param rows N
 * @param shards S
 */
public record ShardRows(int rows, int shards) {

    public ShardRows {
        if (rows < 0 || shards < 1) {
            throw new IllegalArgumentException(rows + " rows in " + shards + " shards");
        }
    }

    /** How many rows a shard holds; 0 if there are too few. */
    public int count(int shard) {
        return (rows - shard + shards - 1) / shards;
    }

    /** The rows of a run of shards, one shard after the other: what a worker holds. */
    public int[] of(int firstShard, int shardCount) {
        return IntStream.range(firstShard, firstShard + shardCount)
                .flatMap(shard -> Arrays.stream(of(shard)))
                .toArray();
    }

    /** The rows of a shard, ascending. */
    public int[] of(int shard) {
        if (shard < 0 || shard >= shards) {
            throw new IllegalArgumentException("shard " + shard + " of " + shards);
        }
        int[] result = new int[count(shard)];
        for (int k = 0; k < result.length; k++) {
            result[k] = shard + k * shards;
        }
        return result;
    }
}
