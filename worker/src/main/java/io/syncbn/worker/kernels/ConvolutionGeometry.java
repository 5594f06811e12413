package io.syncbn.worker.kernels;

/**
 * Which two-dimensional convolution (cross-correlation, as everywhere in deep learning): N × H × W × I activations by
 * O × I × K × K weights.
 *
 * @param kernel height and width of the weights
 * @param padding zeros around the input, on each side
 */
public record ConvolutionGeometry(
        int height, int width, int inputChannels, int outputChannels, int kernel, int stride, int padding) {

    public int outputHeight() {
        return (height + 2 * padding - kernel) / stride + 1;
    }

    public int outputWidth() {
        return (width + 2 * padding - kernel) / stride + 1;
    }

    /** Numbers in one example's input. */
    int inputSize() {
        return height * width * inputChannels;
    }

    /** Numbers in one example's output. */
    int outputSize() {
        return outputHeight() * outputWidth() * outputChannels;
    }

    public int weightsSize() {
        return outputChannels * inputChannels * kernel * kernel;
    }
}
