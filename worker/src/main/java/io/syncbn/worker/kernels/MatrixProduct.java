package io.syncbn.worker.kernels;

import io.syncbn.worker.kernels.NativeScratch.Role;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/** y = x · wᵀ, of N × I examples and O × I weights, on a library's multiplication. */
final class MatrixProduct implements LinearOperation {

    /** Row-major matrix multiplication with one thread. */
    interface Multiplication {
        /**
         * c = a · b: rows × columns from rows × depth and depth × columns.
         *
         * @param transposedA whether a lies in memory as depth × rows
         * @param transposedB whether b lies in memory as columns × depth
         */
        void apply(
                boolean transposedA,
                boolean transposedB,
                int rows,
                int columns,
                int depth,
                FloatPointer a,
                FloatPointer b,
                FloatPointer c);
    }

    private final int inputs;
    private final int outputs;
    private final WeightOrder order;
    private final NativeScratch scratch;
    private final Multiplication multiplication;
    private float[] input;
    private int examples;

    MatrixProduct(int inputs, int outputs, int maxExamples, NativeScratch scratch, Multiplication multiplication) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.order = new WeightOrder(outputs, inputs, 1);
        this.scratch = scratch;
        this.multiplication = multiplication;
        int weights = Math.multiplyExact(inputs, outputs);
        scratch.reserve(Role.INPUT, Math.multiplyExact(maxExamples, inputs));
        scratch.reserve(Role.OUTPUT, Math.multiplyExact(maxExamples, outputs));
        scratch.reserve(Role.INPUT_GRADIENT, Math.multiplyExact(maxExamples, inputs));
        scratch.reserve(Role.OUTPUT_GRADIENT, Math.multiplyExact(maxExamples, outputs));
        scratch.reserve(Role.WEIGHTS, weights);
        scratch.reserve(Role.WEIGHTS_GRADIENT, weights);
    }

    @Override
    public void forward(float[] x, int count, float[] weights, int weightsOffset, float[] y) {
        input = x;
        examples = count;
        if (examples == 0) {
            return;
        }
        FloatPointer in = filled(Role.INPUT, x, examples * inputs);
        scratch.putWeights(order, weights, weightsOffset);
        FloatPointer w = scratch.buffer(Role.WEIGHTS).pointer();
        NativeFloats out = scratch.buffer(Role.OUTPUT);
        multiplication.apply(false, true, examples, outputs, inputs, in, w, out.pointer());
        out.get(y, 0, examples * outputs);
    }

    /** dx = dy · w. */
    @Override
    public void backward(float[] dy, float[] weights, int weightsOffset, float[] dx) {
        if (examples == 0) {
            return;
        }
        FloatPointer dOut = filled(Role.OUTPUT_GRADIENT, dy, examples * outputs);
        if (dx != null) {
            scratch.putWeights(order, weights, weightsOffset);
            FloatPointer w = scratch.buffer(Role.WEIGHTS).pointer();
            NativeFloats dIn = scratch.buffer(Role.INPUT_GRADIENT);
            multiplication.apply(false, false, examples, inputs, outputs, dOut, w, dIn.pointer());
            dIn.get(dx, 0, examples * inputs);
        }
    }

    /** dw = dyᵀ · x. */
    @Override
    public void weightsGradient(float[] gradients, int weightsOffset) {
        if (examples == 0) {
            Arrays.fill(gradients, weightsOffset, weightsOffset + inputs * outputs, 0);
            return;
        }
        FloatPointer in = filled(Role.INPUT, input, examples * inputs);
        FloatPointer dOut = scratch.buffer(Role.OUTPUT_GRADIENT).pointer();
        FloatPointer dw = scratch.buffer(Role.WEIGHTS_GRADIENT).pointer();
        multiplication.apply(true, false, outputs, inputs, examples, dOut, in, dw);
        scratch.getWeightsGradient(order, gradients, weightsOffset);
    }

    private FloatPointer filled(Role role, float[] source, int count) {
        NativeFloats buffer = scratch.buffer(role);
        buffer.put(0, source, 0, count);
        return buffer.pointer();
    }
}
