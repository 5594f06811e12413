package io.syncbn.worker.train;

import io.syncbn.worker.record.GradientNoise;
import java.util.Optional;

/**
 * What is summed over all shards to tell the gradient from its noise (McCandlish et al. 2018, "An Empirical Model of
 * Large-Batch Training", appendix A.1).
 *
 * <p>Let the gradient of one example have the mean G and the covariance Σ, and let g_s be the sum over the b_s examples of
 * shard s, so that E‖g_s‖² = b_s²‖G‖² + b_s tr Σ. The sum g of all g_s, over B = Σ b_s examples, has E‖g‖² = B²‖G‖² + B tr Σ;
 * and the shards together, with q = Σ‖g_s‖² and β = Σ b_s², have E q = β‖G‖² + B tr Σ. These are two equations in two
 * unknowns, and the numbers that solve them have the right mean, however uneven shards are:
 *
 * <pre>
 *   ‖G‖² ≈ (‖g‖² − q) / (B² − β)
 *   tr Σ ≈ (B² q − β ‖g‖²) / (B (B² − β))
 * </pre>
 *
 * <p>For shards of equal size b they are the paper's, with b for its small and B for its big batch.
 *
 * <p>Both suppose that shards are independent samples of the same data. They are not where batch statistics go over several
 * shards: normalization over a group takes its mean out of the gradient, so that the gradients of its shards cancel each
 * other in part. Measured on ResNet-8, that takes half of tr Σ / B from the estimate of ‖G‖², which is then below 0 where
 * noise counts at all. So there are no estimates of such steps ({@link LocalShards#areIndependent}).
 *
 * @param examples B
 * @param squaredExamples β
 * @param squaredNorms q, in float64
 */
record GradientNorms(double examples, double squaredExamples, double squaredNorms) {

    /** @param squaredNorm of the sum of a shard's gradients over its examples */
    static GradientNorms ofShard(int examples, double squaredNorm) {
        return new GradientNorms(examples, (double) examples * examples, squaredNorm);
    }

    /**
     * Estimates of one step.
     *
     * @param squaredNorm of the gradient's sum over all examples; NaN if shards are not independent
     * @return empty if fewer than two shards had examples, or numbers are not finite
     */
    Optional<GradientNoise> noise(double squaredNorm) {
        double squaredTotal = examples * examples;
        double pairs = squaredTotal - squaredExamples;
        if (pairs == 0 || !Double.isFinite(squaredNorm) || !Double.isFinite(squaredNorms)) {
            return Optional.empty();
        }
        return Optional.of(new GradientNoise(
                (squaredNorm - squaredNorms) / pairs,
                (squaredTotal * squaredNorms - squaredExamples * squaredNorm) / (examples * pairs)));
    }
}
