package io.syncbn.worker.kernels;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.syncbn.worker.kernels.NativeScratch.Role;
import java.util.Arrays;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.reorder;

/**
 * A convolution in oneDNN: activations in our layout, weights in blocks of the library's choice.
 *
 * <p>Forward and the input's gradient go through the batch in parts that stay in the cache between the copy in, the
 * convolution, and the copy out. The weights' gradient takes the batch at once, from the copies of x and dy that the
 * others left.
 */
final class OneDnnConvolution implements LinearOperation {
    /** Size of a part's x and y together that a second-level cache holds beside the weights. */
    private static final int PART_BYTES = 256 << 10;

    /** Blocks of channels are at most this large, and filled up with zeros. */
    private static final int LARGEST_BLOCK = 16;

    private static final int SMALLEST_BLOCK = 8;

    /** Channels of a colour picture, for which oneDNN has special kernels. */
    private static final int COLOURS = 3;

    private final ConvolutionGeometry geometry;
    private final int maxExamples;
    private final OneDnn natives;
    private final NativeScratch scratch;
    private final Forward[] forwards;
    private final Backward[] backwards;
    private NativeFloats input;
    private int examples;

    OneDnnConvolution(ConvolutionGeometry geometry, int maxExamples, OneDnn natives) {
        this.geometry = geometry;
        this.maxExamples = maxExamples;
        this.natives = natives;
        this.scratch = natives.scratch();
        this.forwards = new Forward[maxExamples + 1];
        this.backwards = new Backward[maxExamples + 1];
        int part = partOf(maxExamples);
        for (int count = 1; count < maxExamples; count++) {
            part = Math.max(part, partOf(count));
        }
        int outputs = Math.multiplyExact(maxExamples, geometry.outputSize());
        int blockedWeights = Math.multiplyExact(
                Math.multiplyExact(wholeBlocks(geometry.inputChannels()), wholeBlocks(geometry.outputChannels())),
                geometry.kernel() * geometry.kernel());
        scratch.reserve(Role.OUTPUT, part * geometry.outputSize());
        scratch.reserve(Role.INPUT_GRADIENT, part * geometry.inputSize());
        scratch.reserve(Role.OUTPUT_GRADIENT, outputs);
        scratch.reserve(Role.WEIGHTS, geometry.weightsSize());
        scratch.reserve(Role.WEIGHTS_GRADIENT, geometry.weightsSize());
        scratch.reserve(Role.BLOCKED_WEIGHTS, blockedWeights);
        scratch.reserve(Role.BLOCKED_WEIGHTS_GRADIENT, blockedWeights);
    }

    /** The largest part of a batch that divides it and fits into the cache; 1 if none does. */
    private int partOf(int count) {
        int bytes = (geometry.inputSize() + geometry.outputSize()) * Float.BYTES;
        int part = Math.max(1, Math.min(count, PART_BYTES / bytes));
        while (count % part != 0) {
            part--;
        }
        return part;
    }

    private static int wholeBlocks(int channels) {
        return (channels + LARGEST_BLOCK - 1) / LARGEST_BLOCK * LARGEST_BLOCK;
    }

    @Override
    public void forward(float[] x, int count, float[] weights, int weightsOffset, float[] y) {
        examples = count;
        if (examples == 0) {
            return;
        }
        if (input == null) {
            input = natives.allocate(Math.multiplyExact(maxExamples, geometry.inputSize()));
        }
        if (forwards[examples] == null) {
            forwards[examples] = new Forward(examples);
        }
        scratch.putWeights(WeightOrder.of(geometry), weights, weightsOffset);
        forwards[examples].run(x, y);
    }

    @Override
    public void backward(float[] dy, float[] weights, int weightsOffset, float[] dx) {
        if (examples == 0) {
            return;
        }
        if (backwards[examples] == null) {
            backwards[examples] = new Backward(forwards[examples]);
        }
        scratch.buffer(Role.OUTPUT_GRADIENT).put(0, dy, 0, examples * geometry.outputSize());
        if (dx != null) {
            scratch.putWeights(WeightOrder.of(geometry), weights, weightsOffset);
            backwards[examples].computeInputGradient(dx);
        }
    }

    @Override
    public void weightsGradient(float[] gradients, int weightsOffset) {
        if (examples == 0) {
            Arrays.fill(gradients, weightsOffset, weightsOffset + geometry.weightsSize(), 0);
            return;
        }
        backwards[examples].computeWeightsGradient();
        scratch.getWeightsGradient(WeightOrder.of(geometry), gradients, weightsOffset);
    }

    private memory.desc inputs(int count) {
        return describe(format_tag.nhwc, count, geometry.inputChannels(), geometry.height(), geometry.width());
    }

    private memory.desc outputs(int count) {
        return describe(
                format_tag.nhwc, count, geometry.outputChannels(), geometry.outputHeight(), geometry.outputWidth());
    }

    /**
     * Blocks, which select the fast kernels. Where channels do not fill blocks, some of these read and write beyond our
     * memory: then the plain layout selects matrix products instead.
     */
    private format_tag weightsLayout(int largestLooseInputs) {
        boolean inputsFill =
                geometry.inputChannels() % SMALLEST_BLOCK == 0 || geometry.inputChannels() <= largestLooseInputs;
        boolean outputsFill = geometry.outputChannels() % SMALLEST_BLOCK == 0;
        return inputsFill && outputsFill ? format_tag.any : format_tag.hwio;
    }

    private memory.desc weights(format_tag layout) {
        return describe(
                layout, geometry.outputChannels(), geometry.inputChannels(), geometry.kernel(), geometry.kernel());
    }

    private memory.desc describe(format_tag layout, long... dimensions) {
        return natives.own(new memory.desc(dimensions, memory.data_type.f32, layout));
    }

    private long[] strides() {
        return new long[] {geometry.stride(), geometry.stride()};
    }

    private long[] padding() {
        return new long[] {geometry.padding(), geometry.padding()};
    }

    private memory bind(memory.desc description, NativeFloats buffer, long first) {
        if (first + description.get_size() / Float.BYTES > buffer.length()) {
            throw new IllegalStateException("oneDNN needs " + description.get_size() + " bytes from number " + first
                    + " of a buffer of " + buffer.length() + " numbers, for " + geometry);
        }
        return natives.own(new memory(description, natives.engine(), buffer.pointer(first)));
    }

    private memory bind(memory.desc description, Role role) {
        return bind(description, scratch.buffer(role), 0);
    }

    private OneDnn.Call reordered(memory from, memory to) {
        return natives.new Call(natives.own(new reorder(from, to)))
                .with(DNNL_ARG_FROM, from)
                .with(DNNL_ARG_TO, to);
    }

    /** For one number of examples. */
    private final class Forward {
        private final int count;
        private final int part;
        private final convolution_forward.primitive_desc description;
        private final OneDnn.Call blockWeights;
        private final OneDnn.Call[] parts;

        Forward(int count) {
            this.count = count;
            part = partOf(count);
            description = natives.own(new convolution_forward.primitive_desc(
                    natives.own(new convolution_forward.desc(
                            prop_kind.forward_training,
                            algorithm.convolution_direct,
                            inputs(part),
                            weights(weightsLayout(COLOURS)),
                            outputs(part),
                            strides(),
                            padding(),
                            padding())),
                    natives.attributes(),
                    natives.engine()));
            memory blocked = bind(natives.own(description.weights_desc()), Role.BLOCKED_WEIGHTS);
            blockWeights = reordered(bind(weights(format_tag.oihw), Role.WEIGHTS), blocked);
            convolution_forward operation = natives.own(new convolution_forward(description));
            memory out = bind(outputs(part), Role.OUTPUT);
            parts = new OneDnn.Call[count / part];
            for (int i = 0; i < parts.length; i++) {
                parts[i] = natives.new Call(operation, description)
                        .with(DNNL_ARG_SRC, bind(inputs(part), input, (long) i * part * geometry.inputSize()))
                        .with(DNNL_ARG_WEIGHTS, blocked)
                        .with(DNNL_ARG_DST, out);
            }
        }

        void run(float[] x, float[] y) {
            int in = part * geometry.inputSize();
            int out = part * geometry.outputSize();
            blockWeights.run();
            for (int i = 0; i < parts.length; i++) {
                input.put(i * in, x, i * in, in);
                parts[i].run();
                scratch.buffer(Role.OUTPUT).get(y, i * out, out);
            }
        }
    }

    /** For one number of examples. */
    private final class Backward {
        private final int part;
        private final OneDnn.Call blockWeights;
        private final OneDnn.Call[] inputGradientParts;
        private final OneDnn.Call weightsGradient;
        private final OneDnn.Call unblockWeightsGradient;

        Backward(Forward forward) {
            part = forward.part;
            convolution_backward_data.primitive_desc byInput = natives.own(new convolution_backward_data.primitive_desc(
                    natives.own(new convolution_backward_data.desc(
                            algorithm.convolution_direct,
                            inputs(part),
                            weights(weightsLayout(0)),
                            outputs(part),
                            strides(),
                            padding(),
                            padding())),
                    natives.attributes(),
                    natives.engine(),
                    forward.description));
            memory blocked = bind(natives.own(byInput.weights_desc()), Role.BLOCKED_WEIGHTS);
            blockWeights = reordered(bind(weights(format_tag.oihw), Role.WEIGHTS), blocked);
            convolution_backward_data operation = natives.own(new convolution_backward_data(byInput));
            memory dIn = bind(inputs(part), Role.INPUT_GRADIENT);
            NativeFloats dOut = scratch.buffer(Role.OUTPUT_GRADIENT);
            inputGradientParts = new OneDnn.Call[forward.parts.length];
            for (int i = 0; i < inputGradientParts.length; i++) {
                inputGradientParts[i] = natives.new Call(operation, byInput)
                        .with(DNNL_ARG_DIFF_DST, bind(outputs(part), dOut, (long) i * part * geometry.outputSize()))
                        .with(DNNL_ARG_WEIGHTS, blocked)
                        .with(DNNL_ARG_DIFF_SRC, dIn);
            }
            int all = forward.count;
            convolution_backward_weights.primitive_desc byWeights =
                    natives.own(new convolution_backward_weights.primitive_desc(
                            natives.own(new convolution_backward_weights.desc(
                                    algorithm.convolution_direct,
                                    inputs(all),
                                    weights(weightsLayout(COLOURS)),
                                    outputs(all),
                                    strides(),
                                    padding(),
                                    padding())),
                            natives.attributes(),
                            natives.engine(),
                            forward.description));
            memory blockedGradient = bind(natives.own(byWeights.diff_weights_desc()), Role.BLOCKED_WEIGHTS_GRADIENT);
            weightsGradient = natives.new Call(natives.own(new convolution_backward_weights(byWeights)), byWeights)
                    .with(DNNL_ARG_SRC, bind(inputs(all), input, 0))
                    .with(DNNL_ARG_DIFF_DST, bind(outputs(all), dOut, 0))
                    .with(DNNL_ARG_DIFF_WEIGHTS, blockedGradient);
            unblockWeightsGradient = reordered(blockedGradient, bind(weights(format_tag.oihw), Role.WEIGHTS_GRADIENT));
        }

        void computeInputGradient(float[] dx) {
            int in = part * geometry.inputSize();
            blockWeights.run();
            for (int i = 0; i < inputGradientParts.length; i++) {
                inputGradientParts[i].run();
                scratch.buffer(Role.INPUT_GRADIENT).get(dx, i * in, in);
            }
        }

        void computeWeightsGradient() {
            weightsGradient.run();
            unblockWeightsGradient.run();
        }
    }
}
