package io.syncbn.proto.job;

/**
 * How weights change.
 *
 * @param optimizer by which rule
 * @param rate how far in each step
 * @param decay of weights towards 0
 * @param safeguard against gradients that are too large, or no numbers
 * @param labelSmoothing mass taken from the true class and spread over all (Szegedy et al. 2016 §7)
 * @param dropout rate, for the models that drop out
 */
public record Optimization(
        Hyperparameters optimizer, Rate rate, Decay decay, Safeguard safeguard, double labelSmoothing, double dropout) {

    /**
     * The learning rate.
     *
     * @param base as given
     * @param scaled whether it is multiplied by (global batch)/256 (Goyal et al. 2017 §2.1)
     * @param schedule how it changes over the job
     * @param warmupEpochs length of the linear warm-up before the schedule, in data epochs; may be a fraction
     */
    public record Rate(double base, boolean scaled, Schedule schedule, double warmupEpochs) {}

    /**
     * Weight decay. Each optimizer applies it in its own way: SGD adds it to the gradient (L2).
     *
     * @param factor 0 for none
     * @param ofAll whether γ, β and biases decay too
     */
    public record Decay(double factor, boolean ofAll) {}

    /**
     * What is done with a gradient before it changes weights.
     *
     * @param clipNorm largest global L2 norm of the gradient; 0 for no clipping
     * @param skipNonFinite whether a step with numbers that are not finite is left out; else it ends the job
     */
    public record Safeguard(double clipNorm, boolean skipNonFinite) {}
}
