package io.syncbn.worker.nn;

import io.syncbn.worker.random.CounterRandom;
import java.util.Arrays;

/** The first values of a parameter; the same bits on every JDK. */
@FunctionalInterface
public interface Initializer {

    /** Sets some elements of a flat array; those of convolutions and dense layers in PyTorch's order, which is changed later. */
    void fill(float[] weights, int offset, int count, CounterRandom random);

    static Initializer constant(float value) {
        return (weights, offset, count, random) -> Arrays.fill(weights, offset, offset + count, value);
    }

    /**
     * Normal with variance 2/(K·K·O) (He et al. 2015, by the outputs that a weight reaches): what torchvision's networks
     * begin with.
     */
    static Initializer heNormal(int kernel, int outputChannels) {
        double deviation = Math.sqrt(2.0 / ((double) kernel * kernel * outputChannels));
        return (weights, offset, count, random) -> {
            for (int i = 0; i < count; i++) {
                weights[offset + i] = (float) (deviation * random.nextGaussian());
            }
        };
    }

    /** The same values times a factor. */
    default Initializer times(double factor) {
        return (weights, offset, count, random) -> {
            fill(weights, offset, count, random);
            for (int i = offset; i < offset + count; i++) {
                weights[i] = (float) (factor * weights[i]);
            }
        };
    }

    /** Uniform in ±1/√inputs: what PyTorch's Linear begins with. */
    static Initializer uniform(int inputs) {
        double bound = 1 / Math.sqrt(inputs);
        return (weights, offset, count, random) -> {
            for (int i = 0; i < count; i++) {
                weights[offset + i] = (float) (bound * (2 * random.nextDouble() - 1));
            }
        };
    }
}
