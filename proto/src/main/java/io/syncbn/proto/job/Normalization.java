package io.syncbn.proto.job;

import java.util.OptionalDouble;

/**
 * How batch normalization is done (Ioffe &amp; Szegedy 2015).
 *
 * @param group how many consecutive shards share batch statistics; 0 for all of them (SyncBN), 1 for local BN
 * @param momentum weight of the newest batch in the running statistics, PyTorch's sense; empty for a cumulative mean
 * @param epsilon added to the variance
 * @param affine whether there are a scale γ and a shift β
 * @param trackRunningStatistics whether evaluation uses running statistics; otherwise it uses those of its own batch
 * @param unbiasedRunningVariance whether the running variance takes n/(n−1) times the batch's (PyTorch) or not (Keras)
 */
public record Normalization(
        int group,
        OptionalDouble momentum,
        double epsilon,
        boolean affine,
        boolean trackRunningStatistics,
        boolean unbiasedRunningVariance) {

    public static final Normalization DEFAULT = new Normalization(0, OptionalDouble.of(0.1), 1e-5, true, true, true);

    /** How many shards are in a full group, out of {@code shards}. */
    public int groupSize(int shards) {
        return group == 0 ? shards : Math.min(group, shards);
    }
}
