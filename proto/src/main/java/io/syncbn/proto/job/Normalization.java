package io.syncbn.proto.job;

import java.util.OptionalDouble;

/**
 * Which normalization models use where they leave it to the job, and how batch normalization works (Ioffe &amp; Szegedy
 * 2015).
 *
 * @param kind name of a normalizer, optionally with arguments after a colon; workers check that it exists
 * @param groups which examples share batch statistics
 * @param epsilon added to the variance
 * @param affine whether there are a scale γ and a shift β
 * @param running what evaluation uses
 * @param standardizedWeights whether the weights of convolutions are standardized (Qiao et al. 2019)
 */
public record Normalization(
        String kind, Groups groups, double epsilon, boolean affine, Running running, boolean standardizedWeights) {

    public static final Normalization DEFAULT = new Normalization(
            "batch",
            new Groups(0, 0),
            1e-5,
            true,
            new Running(OptionalDouble.of(0.1), true, true, Running.NEVER, 0),
            false);

    /**
     * Normalization groups.
     *
     * @param shards how many consecutive shards share batch statistics; 0 for all of them (SyncBN), 1 for local BN
     * @param examples of one shard that share them, which is then a group of its own (ghost batches, Hoffer et al. 2017);
     *     0 for all of its batch
     */
    public record Groups(int shards, int examples) {}

    /**
     * Running statistics.
     *
     * @param momentum weight of the newest batch, PyTorch's sense; empty for a cumulative mean
     * @param tracked whether evaluation uses them; otherwise it uses the statistics of its own batch
     * @param unbiased whether the variance takes n/(n−1) times the batch's (PyTorch) or not (Keras)
     * @param frozenFrom the first step in which training uses them too, and leaves them as they are
     * @param preciseBatches how many batches of training rows estimate statistics anew for each evaluation; 0 for none,
     *     {@link #ALL} for a whole epoch
     */
    public record Running(
            OptionalDouble momentum, boolean tracked, boolean unbiased, long frozenFrom, int preciseBatches) {
        /** They are not frozen. */
        public static final long NEVER = Long.MAX_VALUE;

        /** As many batches as there are. */
        public static final int ALL = Integer.MAX_VALUE;
    }

    /** How many shards are in a full group, out of {@code shards}. */
    public int groupSize(int shards) {
        if (groups.examples > 0) {
            return 1;
        }
        return groups.shards == 0 ? shards : Math.min(groups.shards, shards);
    }
}
