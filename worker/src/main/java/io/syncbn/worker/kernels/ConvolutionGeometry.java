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

    /** Whether a tap of the filter, by its number, meets any pixel of the input, not only borders. */
    boolean isMet(int tap) {
        return isMet(tap / kernel, outputHeight(), height) && isMet(tap % kernel, outputWidth(), width);
    }

    private boolean isMet(int row, int outputs, int inputs) {
        for (int output = 0; output < outputs; output++) {
            int input = output * stride + row - padding;
            if (input >= 0 && input < inputs) {
                return true;
            }
        }
        return false;
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
