package io.syncbn.worker.kernels;

import io.syncbn.worker.kernels.NativeScratch.Role;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** A convolution in ND4J, which computes both gradients at once: when the first of them is asked for. */
final class Nd4jConvolution implements LinearOperation {

    /** The two operations for one number of examples, bound to the scratch: to build them costs more than to copy. */
    private record Operations(DynamicCustomOp forward, DynamicCustomOp backward) {}

    private final ConvolutionGeometry geometry;
    private final NativeScratch scratch;
    private final Operations[] operations;
    private float[] input;
    private int examples;

    Nd4jConvolution(ConvolutionGeometry geometry, int maxExamples, NativeScratch scratch) {
        this.geometry = geometry;
        this.scratch = scratch;
        this.operations = new Operations[maxExamples + 1];
        scratch.reserve(Role.INPUT, Math.multiplyExact(maxExamples, geometry.inputSize()));
        scratch.reserve(Role.INPUT_GRADIENT, Math.multiplyExact(maxExamples, geometry.inputSize()));
        scratch.reserve(Role.OUTPUT, Math.multiplyExact(maxExamples, geometry.outputSize()));
        scratch.reserve(Role.WEIGHTS, geometry.weightsSize());
        scratch.reserve(Role.WEIGHTS_GRADIENT, geometry.weightsSize());
    }

    @Override
    public void forward(float[] x, int count, float[] weights, int weightsOffset, float[] y) {
        input = x;
        examples = count;
        if (examples == 0) {
            return;
        }
        scratch.buffer(Role.INPUT).put(0, x, 0, examples * geometry.inputSize());
        scratch.putWeights(WeightOrder.of(geometry), weights, weightsOffset);
        Nd4j.exec(operations(examples).forward);
        scratch.buffer(Role.OUTPUT).get(y, 0, examples * geometry.outputSize());
    }

    @Override
    public void backward(float[] dy, float[] weights, int weightsOffset, float[] dx) {
        if (examples == 0) {
            return;
        }
        scratch.buffer(Role.INPUT).put(0, input, 0, examples * geometry.inputSize());
        scratch.putWeights(WeightOrder.of(geometry), weights, weightsOffset);
        scratch.buffer(Role.OUTPUT).put(0, dy, 0, examples * geometry.outputSize());
        Nd4j.exec(operations(examples).backward);
        if (dx != null) {
            scratch.buffer(Role.INPUT_GRADIENT).get(dx, 0, examples * geometry.inputSize());
        }
    }

    @Override
    public void weightsGradient(float[] gradients, int weightsOffset) {
        if (examples > 0) {
            scratch.getWeightsGradient(WeightOrder.of(geometry), gradients, weightsOffset);
        } else {
            Arrays.fill(gradients, weightsOffset, weightsOffset + geometry.weightsSize(), 0);
        }
    }

    private Operations operations(int count) {
        if (operations[count] == null) {
            ConvolutionGeometry g = geometry;
            INDArray x = view(Role.INPUT, count, g.height(), g.width(), g.inputChannels());
            INDArray dx = view(Role.INPUT_GRADIENT, count, g.height(), g.width(), g.inputChannels());
            INDArray w = view(Role.WEIGHTS, g.outputChannels(), g.inputChannels(), g.kernel(), g.kernel());
            INDArray dw = view(Role.WEIGHTS_GRADIENT, g.outputChannels(), g.inputChannels(), g.kernel(), g.kernel());
            INDArray y = view(Role.OUTPUT, count, g.outputHeight(), g.outputWidth(), g.outputChannels());
            operations[count] = new Operations(
                    operation("conv2d", new INDArray[] {x, w}, y),
                    operation("conv2d_bp", new INDArray[] {x, w, y}, dx, dw));
        }
        return operations[count];
    }

    /** The first numbers of a buffer, as an array of these dimensions. */
    private INDArray view(Role role, long... dimensions) {
        NativeFloats floats = scratch.buffer(role);
        return Nd4j.create(
                Nd4j.createBuffer(floats.pointer(), floats.length(), DataType.FLOAT),
                dimensions,
                Nd4j.getStrides(dimensions, 'c'),
                0,
                'c',
                DataType.FLOAT);
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
                        geometry.kernel(),
                        geometry.kernel(),
                        geometry.stride(),
                        geometry.stride(),
                        geometry.padding(),
                        geometry.padding(),
                        dilation,
                        dilation,
                        explicitPadding,
                        channelsLast,
                        weightsOutputFirst)
                .build();
    }
}
