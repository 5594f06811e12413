package io.syncbn.proto.tree;

/**
 * How shards form normalization groups: runs of {@code groupSize} consecutive shards, the last of which may be smaller.
 * Each group has a reduction tree of its own, over the positions inside it.
 *
 * @param shards S, number of all shards
 * @param groupSize shards in a full group, from 1 to {@code shards}
 */
public record Grouping(int shards, int groupSize) {

    public Grouping {
        if (shards < 1 || groupSize < 1 || groupSize > shards) {
            throw new IllegalArgumentException("no groups of " + groupSize + " among " + shards + " shards");
        }
    }

    /** One group of all shards: its tree sums everything but moments. */
    public static Grouping all(int shards) {
        return new Grouping(shards, shards);
    }

    public int groups() {
        return (shards + groupSize - 1) / groupSize;
    }

    public int groupOf(int shard) {
        return shard / groupSize;
    }

    /** The shard's leaf in its group's tree. */
    public int positionOf(int shard) {
        return shard % groupSize;
    }

    public int firstShardOf(int group) {
        return group * groupSize;
    }

    public int sizeOf(int group) {
        return Math.min(groupSize, shards - firstShardOf(group));
    }

    /** A group's shards. */
    public ShardRun runOf(int group) {
        return new ShardRun(firstShardOf(group), sizeOf(group));
    }

    public ReductionTree treeOf(int group) {
        return new ReductionTree(sizeOf(group));
    }

    /** The shards that a node of a group's tree covers; the tree {@linkplain ReductionTree#contains has} that node. */
    public ShardRun runUnder(int group, Node node) {
        int first = (int) node.firstLeaf();
        int end = (int) Math.min(node.endLeaf(), sizeOf(group));
        return new ShardRun(firstShardOf(group) + first, end - first);
    }
}
