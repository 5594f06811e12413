package io.syncbn.worker.kernels;

import io.syncbn.worker.kernels.NativeScratch.Role;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A two-dimensional convolution (cross-correlation, as everywhere in deep learning) of N × H × W × I by O × I × K × K
 * weights, in ND4J's oneDNN. Belongs to one shard and its scratch.
 */
public final class Convolution {

    /**
     * What is convolved with what.
     *
     * @param kernel height and width of the weights
     * @param padding zeros around the input, on each side
     */
    public record Geometry(
            int height, int width, int inputChannels, int outputChannels, int kernel, int stride, int padding) {

        public int outputHeight() {
            return (height + 2 * padding - kernel) / stride + 1;
        }

        public int outputWidth() {
            return (width + 2 * padding - kernel) / stride + 1;
        }

        int inputSize() {
            return height * width * inputChannels;
        }

        int outputSize() {
            return outputHeight() * outputWidth() * outputChannels;
        }

        public int weightsSize() {
            return outputChannels * inputChannels * kernel * kernel;
        }
    }

    /** The two operations for one number of examples, bound to the scratch: to build them costs more than to copy. */
    private record Operations(DynamicCustomOp forward, DynamicCustomOp backward) {}

    private final Geometry geometry;
    private final NativeScratch scratch;
    private final Operations[] operations;

    public Convolution(Geometry geometry, int maxExamples, NativeScratch scratch) {
        this.geometry = geometry;
        this.scratch = scratch;
        this.operations = new Operations[maxExamples + 1];
        scratch.reserve(Role.INPUT, Math.multiplyExact(maxExamples, geometry.inputSize()));
        scratch.reserve(Role.INPUT_GRADIENT, Math.multiplyExact(maxExamples, geometry.inputSize()));
        scratch.reserve(Role.OUTPUT, Math.multiplyExact(maxExamples, geometry.outputSize()));
        scratch.reserve(Role.WEIGHTS, geometry.weightsSize());
        scratch.reserve(Role.WEIGHTS_GRADIENT, geometry.weightsSize());
    }

    /** y = x ∗ w. */
    public void forward(float[] x, int examples, float[] weights, int weightsOffset, float[] y) {
        if (examples == 0) {
            return;
        }
        scratch.buffer(Role.INPUT).put(x, 0, examples * geometry.inputSize());
        scratch.buffer(Role.WEIGHTS).put(weights, weightsOffset, geometry.weightsSize());
        Nd4j.exec(operations(examples).forward);
        scratch.buffer(Role.OUTPUT).get(y, 0, examples * geometry.outputSize());
    }

    /** dx = dy ∗ flipped w, and gradients at weightsOffset += x ∗ dy. */
    public void backward(
            float[] dy, float[] x, int examples, float[] weights, int weightsOffset, float[] dx, float[] gradients) {
        if (examples == 0) {
            return;
        }
        scratch.buffer(Role.INPUT).put(x, 0, examples * geometry.inputSize());
        scratch.buffer(Role.WEIGHTS).put(weights, weightsOffset, geometry.weightsSize());
        scratch.buffer(Role.OUTPUT).put(dy, 0, examples * geometry.outputSize());
        Nd4j.exec(operations(examples).backward);
        scratch.buffer(Role.INPUT_GRADIENT).get(dx, 0, examples * geometry.inputSize());
        scratch.addTo(Role.WEIGHTS_GRADIENT, gradients, weightsOffset, geometry.weightsSize());
    }

    private Operations operations(int examples) {
        if (operations[examples] == null) {
            Geometry g = geometry;
            INDArray x = scratch.buffer(Role.INPUT).view(examples, g.height, g.width, g.inputChannels);
            INDArray dx = scratch.buffer(Role.INPUT_GRADIENT).view(examples, g.height, g.width, g.inputChannels);
            INDArray w = scratch.buffer(Role.WEIGHTS).view(g.outputChannels, g.inputChannels, g.kernel, g.kernel);
            INDArray dw =
                    scratch.buffer(Role.WEIGHTS_GRADIENT).view(g.outputChannels, g.inputChannels, g.kernel, g.kernel);
            INDArray y =
                    scratch.buffer(Role.OUTPUT).view(examples, g.outputHeight(), g.outputWidth(), g.outputChannels);
            operations[examples] = new Operations(
                    operation("conv2d", new INDArray[] {x, w}, y),
                    operation("conv2d_bp", new INDArray[] {x, w, y}, dx, dw));
        }
        return operations[examples];
    }

    private DynamicCustomOp operation(String name, INDArray[] inputs, INDArray... outputs) {
        int dilation = 1;
        int explicitPadding = 0;
        int channelsLast = 1;
        int weightsOutputFirst = 1;
        return DynamicCustomOp.builder(name)
                .addInputs(inputs)
                .addOutputs(outputs)
                .addIntegerArguments(
                        geometry.kernel,
                        geometry.kernel,
                        geometry.stride,
                        geometry.stride,
                        geometry.padding,
                        geometry.padding,
                        dilation,
                        dilation,
                        explicitPadding,
                        channelsLast,
                        weightsOutputFirst)
                .build();
    }
}
