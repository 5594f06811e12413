package io.syncbn.worker.kernels;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J, with OpenBLAS for matrix products: slower, but built for more platforms than oneDNN. */
final class Nd4jKernels implements LinearKernels {
    private final NativeScratch scratch = new NativeScratch();

    @Override
    public String library() {
        return "ND4J " + version() + " with" + openblas_nolapack.OPENBLAS_VERSION.stripTrailing();
    }

    private static String version() {
        Properties maven = new Properties();
        try (InputStream in = Nd4j.class.getResourceAsStream("/META-INF/maven/org.nd4j/nd4j-api/pom.properties")) {
            if (in != null) {
                maven.load(in);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the jar of ND4J cannot be read", e);
        }
        return maven.getProperty("version", "of an unknown version");
    }

    /** ND4J and OpenBLAS each choose by themselves; the probe sees what comes of it. */
    @Override
    public String instructionSet() {
        return "what there is";
    }

    @Override
    public LinearOperation convolution(ConvolutionGeometry geometry, int maxExamples) {
        return new Nd4jConvolution(geometry, maxExamples, scratch);
    }

    @Override
    public LinearOperation matrixProduct(int inputs, int outputs, int maxExamples) {
        return new MatrixProduct(inputs, outputs, maxExamples, scratch, Nd4jKernels::multiply);
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
