package io.syncbn.worker.nn;

import java.util.Optional;

/**
 * A model's evaluation, written down operation by operation in the form of another program. Layers add to it what they
 * compute with running statistics and without dropout; see {@link Layer#infer}.
 *
 * <p>Arrays are copied, or not changed afterwards. "Of a channel" is of the input's.
 */
public interface InferenceGraph {

    /** A result of an operation, for any number of examples. Belongs to the graph that gave it. */
    interface Value {
        /** Of an example. */
        Shape shape();
    }

    /**
     * What batch normalization computes with, each array one number a channel: y = γ·(x − μ)/√(σ² + ε) + β.
     *
     * @param scale γ
     * @param shift β
     * @param mean μ
     * @param variance σ²
     */
    record RunningNorm(float[] scale, float[] shift, float[] mean, float[] variance, double epsilon) {}

    /** Kind and name of the layer whose operations are being added, as in {@code conv2d layer1.0.conv1}. */
    String layer();

    /** The same graph, for the operations of another layer. */
    InferenceGraph at(String layer);

    /**
     * A convolution.
     *
     * @param weights O×I×K×K
     * @param bias one an output channel, if there is one
     */
    Value conv2d(Value x, float[] weights, Optional<float[]> bias, SlidingWindow window);

    /**
     * A matrix product; of a picture's numbers in the order channel, row, column.
     *
     * @param weights O×I
     * @param bias one an output, if there is one
     */
    Value dense(Value x, float[] weights, Optional<float[]> bias);

    Value batchNorm(Value x, RunningNorm norm);

    /** y = scale·x + shift, with one number of each a channel. */
    Value scaleAndShift(Value x, float[] scale, float[] shift);

    /** y = x − μ, where μ is the mean of a group of channels of one example. */
    Value center(Value x, int channelGroups);

    /** y = x/√(E[z²] + ε), where E[z²] is the mean over a group of channels of one example; z has x's shape. */
    Value divideByRootMeanSquare(Value x, Value z, int channelGroups, double epsilon);

    /** y = max(0, x). */
    Value relu(Value x);

    /** y = 1/(1 + e^−x). */
    Value sigmoid(Value x);

    /** y = max(x, threshold), with a threshold for each channel. */
    Value atLeast(Value x, float[] thresholds);

    Value add(Value x, Value y);

    /** Element by element. */
    Value multiply(Value x, Value y);

    Value maxPool(Value x, SlidingWindow window);

    /** @param window without padding */
    Value averagePool(Value x, SlidingWindow window);

    Value globalAveragePool(Value x);

    /** Appends channels of zeros, up to a number of channels. */
    Value padChannels(Value x, int channels);

    /** A picture's numbers in the order channel, row, column. */
    Value flatten(Value x);
}
