package io.syncbn.worker.record;

/**
 * Estimates of a step without bias, of the gradient of the mean loss, without weight decay or clipping. Single ones are
 * rough, and may be negative: means over many steps tell something, and the noise scale is the quotient of two such means
 * (McCandlish et al. 2018, appendix A.1).
 *
 * @param gradientSquare ‖G‖², of the gradient over all data
 * @param gradientVariance tr Σ, the variance of one example's gradient, summed over all weights
 */
public record GradientNoise(double gradientSquare, double gradientVariance) {

    /**
     * The simple noise scale tr Σ / ‖G‖², in examples: global batches far smaller are mostly noise, far larger ones are
     * mostly wasted.
     *
     * @param square mean, or any other sum, over steps
     * @param variance in the same way
     * @return NaN if so few steps do not tell the gradient from its noise
     */
    static double scale(double square, double variance) {
        return square > 0 ? variance / square : Double.NaN;
    }
}
