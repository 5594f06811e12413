package io.syncbn.worker.kernels;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.javacpp.FloatPointer;

/** ND4J, with OpenBLAS for matrix products: slower, but built for more platforms than oneDNN. */
final class Nd4jNatives implements Natives {
    private final NativeScratch scratch = new NativeScratch();

    @Override
    public LinearMap convolution(Geometry geometry, int maxExamples) {
        return new Nd4jConvolution(geometry, maxExamples, scratch);
    }

    @Override
    public LinearMap matrixProduct(int inputs, int outputs, int maxExamples) {
        return new MatrixProduct(inputs, outputs, maxExamples, scratch, Nd4jNatives::multiply);
    }

    private static void multiply(
            boolean transposedA,
            boolean transposedB,
            int rows,
            int columns,
            int depth,
            FloatPointer a,
            FloatPointer b,
            FloatPointer c) {
        int rowOfA = transposedA ? rows : depth;
        int rowOfB = transposedB ? depth : columns;
        cblas_sgemm(
                CblasRowMajor,
                transposedA ? CblasTrans : CblasNoTrans,
                transposedB ? CblasTrans : CblasNoTrans,
                rows,
                columns,
                depth,
                1,
                a,
                rowOfA,
                b,
                rowOfB,
                0,
                c,
                columns);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
