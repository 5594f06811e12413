package io.syncbn.worker.record;

/**
 * Means of {@link GradientNoise} in which a step's weight falls by 1 % with each later one, as this worker has seen them: for
 * its metrics, not for results. One thread adds, any may read.
 */
final class RecentNoise {
    private static final double KEPT = 0.99;

    /** Replaced as a whole, so that a reader never sees parts of two steps. */
    private volatile Sums sums = new Sums(0, 0, 0);

    private record Sums(double weight, double square, double variance) {
        Sums and(GradientNoise noise) {
            return new Sums(
                    KEPT * weight + 1,
                    KEPT * square + noise.gradientSquare(),
                    KEPT * variance + noise.gradientVariance());
        }
    }

    /** @param noise of a step; null where it cannot be told */
    void add(GradientNoise noise) {
        if (noise != null) {
            sums = sums.and(noise);
        }
    }

    /** NaN before the first step, as the others are. */
    double square() {
        Sums now = sums;
        return now.square / now.weight;
    }

    double variance() {
        Sums now = sums;
        return now.variance / now.weight;
    }

    double scale() {
        Sums now = sums;
        return GradientNoise.scale(now.square, now.variance);
    }
}
