package io.syncbn.proto.job;

/**
 * How weights change.
 *
 * @param optimizer by which rule
 * @param rate how far in each step
 * @param decay of weights towards 0
 * @param safeguard against gradients that are too large, or no numbers
 * @param regularization what keeps the model from learning its data by heart
 * @param emaDecay how much of an exponential moving average of the weights stays in a step; 0 for no average
 */
public record Optimization(
        Hyperparameters optimizer,
        Rate rate,
        Decay decay,
        Safeguard safeguard,
        Regularization regularization,
        double emaDecay) {

    /**
     * The learning rate.
     *
     * @param base as given
     * @param scaling by what it is multiplied
     * @param baseBatch the global batch for which {@code base} is meant, if it is scaled
     * @param schedule how it changes over the job
     * @param warmupEpochs length of the linear warm-up before the schedule, in data epochs; may be a fraction
     */
    public record Rate(double base, Scaling scaling, int baseBatch, Schedule schedule, double warmupEpochs) {}

    /** How the learning rate follows the size of the global batch. */
    public enum Scaling {
        NONE,
        /** By (global batch)/(base batch) (Goyal et al. 2017 §2.1). */
        LINEAR,
        /** By the root of that (Krizhevsky 2014), as LAMB's authors do (You et al. 2020). */
        SQRT
    }

    /**
     * Weight decay. Each optimizer applies it in its own way: SGD adds it to the gradient (L2).
     *
     * @param factor 0 for none
     * @param ofAll whether γ, β and biases decay too
     */
    public record Decay(double factor, boolean ofAll) {}

    /**
     * Regularization other than weight decay.
     *
     * @param labelSmoothing mass taken from the true class and spread over all (Szegedy et al. 2016 §7)
     * @param dropout rate, for the models that drop out
     */
    public record Regularization(double labelSmoothing, double dropout) {}

    /**
     * What is done with a gradient before it changes weights.
     *
     * @param clipNorm largest global L2 norm of the gradient; 0 for no clipping
     * @param clipAgc largest L2 norm of a row's gradient over that of its weights (Brock et al. 2021 §4.1); 0 for no
     *     clipping
     * @param skipNonFinite whether a step with numbers that are not finite is left out; else it ends the job
     */
    public record Safeguard(double clipNorm, double clipAgc, boolean skipNonFinite) {}
}
