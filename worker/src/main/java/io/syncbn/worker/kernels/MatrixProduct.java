package io.syncbn.worker.kernels;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import io.syncbn.worker.kernels.NativeScratch.Role;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The product of N × I examples and O × I weights, in ND4J's OpenBLAS. Belongs to one shard and its scratch.
 */
public final class MatrixProduct {
    private final int inputs;
    private final int outputs;
    private final NativeScratch scratch;

    public MatrixProduct(int inputs, int outputs, int maxExamples, NativeScratch scratch) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.scratch = scratch;
        int weights = Math.multiplyExact(inputs, outputs);
        scratch.reserve(Role.INPUT, Math.multiplyExact(maxExamples, inputs));
        scratch.reserve(Role.INPUT_GRADIENT, Math.multiplyExact(maxExamples, inputs));
        scratch.reserve(Role.OUTPUT, Math.multiplyExact(maxExamples, outputs));
        scratch.reserve(Role.WEIGHTS, weights);
        scratch.reserve(Role.WEIGHTS_GRADIENT, weights);
    }

    /** y = x · wᵀ. */
    public void forward(float[] x, int examples, float[] weights, int weightsOffset, float[] y) {
        if (examples == 0) {
            return;
        }
        FloatPointer in = filled(Role.INPUT, x, 0, examples * inputs);
        FloatPointer w = filled(Role.WEIGHTS, weights, weightsOffset, inputs * outputs);
        NativeFloats out = scratch.buffer(Role.OUTPUT);
        cblas_sgemm(
                CblasRowMajor,
                CblasNoTrans,
                CblasTrans,
                examples,
                outputs,
                inputs,
                1,
                in,
                inputs,
                w,
                inputs,
                0,
                out.pointer(),
                outputs);
        out.get(y, 0, examples * outputs);
    }

    /** dx = dy · w, and gradients at weightsOffset += dyᵀ · x. */
    public void backward(
            float[] dy, float[] x, int examples, float[] weights, int weightsOffset, float[] dx, float[] gradients) {
        if (examples == 0) {
            return;
        }
        FloatPointer in = filled(Role.INPUT, x, 0, examples * inputs);
        FloatPointer w = filled(Role.WEIGHTS, weights, weightsOffset, inputs * outputs);
        FloatPointer dOut = filled(Role.OUTPUT, dy, 0, examples * outputs);
        NativeFloats dIn = scratch.buffer(Role.INPUT_GRADIENT);
        cblas_sgemm(
                CblasRowMajor,
                CblasNoTrans,
                CblasNoTrans,
                examples,
                inputs,
                outputs,
                1,
                dOut,
                outputs,
                w,
                inputs,
                0,
                dIn.pointer(),
                inputs);
        dIn.get(dx, 0, examples * inputs);
        FloatPointer dw = scratch.buffer(Role.WEIGHTS_GRADIENT).pointer();
        cblas_sgemm(
                CblasRowMajor,
                CblasTrans,
                CblasNoTrans,
                outputs,
                inputs,
                examples,
                1,
                dOut,
                outputs,
                in,
                inputs,
                0,
                dw,
                inputs);
        scratch.addTo(Role.WEIGHTS_GRADIENT, gradients, weightsOffset, inputs * outputs);
    }

    private FloatPointer filled(Role role, float[] source, int offset, int count) {
        NativeFloats buffer = scratch.buffer(role);
        buffer.put(source, offset, count);
        return buffer.pointer();
    }
}
