package io.syncbn.worker.nn.norm;

import io.syncbn.worker.kernels.Rows;
import io.syncbn.worker.nn.Shape;

/**
 * Which numbers share a mean and a variance: those of some examples and of some channels (Summers &amp; Dinneen 2020,
 * §3.4). All normalizations by moments differ in this alone.
 *
 * @param shape of an example
 * @param examples of a shard that share them, consecutive ones; the last of a batch may be fewer. 0 for all of a
 *     normalization group, over shards
 * @param channelGroups into how many parts of equal size the channels are divided; as many as channels for one each
 * @param layer number for sums over shards, if groups are wider than one
 * @param centered whether the mean is subtracted; else it counts as 0, and the variance is the mean square
 */
record NormGroups(Shape shape, int examples, int channelGroups, int layer, boolean centered) {
    private static final int NO_NUMBER = -1;

    /** Groups within a shard. */
    static NormGroups ofShard(Shape shape, int examples, int channelGroups) {
        return new NormGroups(shape, examples, channelGroups, NO_NUMBER, true);
    }

    /** Groups over shards. */
    static NormGroups overShards(Shape shape, int channelGroups, int layer) {
        return new NormGroups(shape, 0, channelGroups, layer, true);
    }

    /** Groups of one example, whose mean is not subtracted. */
    static NormGroups notCentered(Shape shape, int channelGroups) {
        return new NormGroups(shape, 1, channelGroups, NO_NUMBER, false);
    }

    boolean isOverShards() {
        return examples == 0;
    }

    int channels() {
        return shape.channels();
    }

    int channelsPerGroup() {
        return channels() / channelGroups;
    }

    /** How many blocks of examples a batch has. Over shards it is one, even of no example: its sums are waited for. */
    int blocks(int batch) {
        return isOverShards() ? 1 : (batch + examples - 1) / examples;
    }

    /** A block's rows of a batch. */
    Rows rows(int block, int batch) {
        if (isOverShards()) {
            return all(batch);
        }
        int first = block * examples;
        int count = Math.min(examples, batch - first);
        return new Rows(first * shape.pixels(), count * shape.pixels(), channels());
    }

    /** All rows of a batch. */
    Rows all(int batch) {
        return new Rows(0, batch * shape.pixels(), channels());
    }
}
