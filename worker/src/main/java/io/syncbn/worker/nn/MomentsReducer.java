package io.syncbn.worker.nn;

/**
 * Sums a normalization layer's moments over the shards of a normalization group: such a layer's only link to other
 * shards. Local BN, groups within a process and a cluster are three implementations.
 */
@FunctionalInterface
public interface MomentsReducer {

    enum Direction {
        /** count, then sum of x, then sum of x² per channel: 1 + 2·channels numbers. */
        FORWARD,
        /** sum of dy, then sum of dy·x̂ per channel: 2·channels numbers. */
        BACKWARD
    }

    /** A sum that is under way. */
    @FunctionalInterface
    interface Pending {

        /**
         * Waits until every shard of the group has started the same sum.
         *
         * @return the group's sums; shared by the shards of a process, and not to be changed
         */
        double[] await();
    }

    /**
     * Starts a sum, without waiting. Others may be started before it is awaited, by all shards in the same order.
     *
     * @param layer number of the normalization layer, from 0 in the order of the model
     * @param part this shard's moments; it belongs to the reducer from here on
     */
    Pending start(Direction direction, int layer, double[] part);

    /** Local BN: a group of one shard. */
    MomentsReducer LOCAL = (direction, layer, part) -> () -> part;
}
