package io.syncbn.proto.job;

/**
 * How weights change.
 *
 * @param learningRate as given, before {@code scaleLearningRate}
 * @param scaleLearningRate whether the rate is multiplied by (global batch)/256 (Goyal et al. 2017 §2.1)
 * @param momentum of SGD; 0 for none
 * @param nesterov whether momentum looks ahead (Sutskever et al. 2013, PyTorch's form)
 * @param weightDecay L2 factor, added to the gradient
 * @param decayAll whether γ, β and biases decay too
 * @param clipNorm largest global L2 norm of the gradient; 0 for no clipping
 * @param schedule of the learning rate
 * @param warmupEpochs length of the linear warm-up before the schedule, in data epochs; may be a fraction
 * @param labelSmoothing mass taken from the true class and spread over all (Szegedy et al. 2016 §7)
 * @param dropout rate, for the models that drop out
 */
public record Optimization(
        double learningRate,
        boolean scaleLearningRate,
        double momentum,
        boolean nesterov,
        double weightDecay,
        boolean decayAll,
        double clipNorm,
        Schedule schedule,
        double warmupEpochs,
        double labelSmoothing,
        double dropout) {}
