package io.syncbn.proto.sums;

import io.syncbn.proto.tree.Grouping;

/**
 * Over which shards each kind of sum is taken.
 *
 * @param groups the normalization groups
 * @param all one group of all shards
 */
public record Groupings(Grouping groups, Grouping all) {

    /**
     * @param shards S
     * @param groupSize shards in a full normalization group
     */
    public static Groupings of(int shards, int groupSize) {
        return new Groupings(new Grouping(shards, groupSize), Grouping.all(shards));
    }

    public Grouping of(SumKind kind) {
        return kind.isOfGroup() ? groups : all;
    }
}
