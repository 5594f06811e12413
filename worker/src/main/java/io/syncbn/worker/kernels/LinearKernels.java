package io.syncbn.worker.kernels;

import io.syncbn.proto.job.InstructionSet;
import io.syncbn.proto.job.Job;
import io.syncbn.proto.job.Kernels;

/**
 * What computes convolutions and matrix products of one shard, and its memory. The bits of different ones differ.
 *
 * <p>Used by one thread at a time; its creator closes it.
 */
public interface LinearKernels extends AutoCloseable {

    /**
     * Kernels for one shard.
     *
     * @param threads how many may share one operation; libraries take one, because their bits depend on the number
     * @throws KernelsException if a library is not there for this platform, or would use several threads
     */
    static LinearKernels of(Kernels kernels, int threads) {
        return switch (kernels) {
            case PORTABLE -> new PortableKernels(threads);
            case ONEDNN -> {
                prepareNatives();
                yield new OneDnn();
            }
            case ND4J -> {
                prepareNatives();
                yield new Nd4jKernels();
            }
        };
    }

    /**
     * Limits what native libraries of this process use of the processor. Must come before their first use.
     *
     * @throws KernelsException if that is not possible on this processor, or they have been used
     */
    static void limit(Job.Determinism determinism) {
        if (determinism.instructionSet() == InstructionSet.AVX2) {
            prepareNatives();
            OneDnn.limitToAvx2();
        }
    }

    private static void prepareNatives() {
        requireOneThread(System.getenv("OMP_NUM_THREADS"));
        NativeCache.choose();
    }

    /** Name and version. */
    String library();

    /** The instruction set that decides its bits, in words. */
    String instructionSet();

    /** @param maxExamples the largest batch */
    LinearOperation convolution(ConvolutionGeometry geometry, int maxExamples);

    /** y = x · wᵀ, of N × inputs examples and outputs × inputs weights. */
    LinearOperation matrixProduct(int inputs, int outputs, int maxExamples);

    @Override
    void close();

    static void requireOneThread(String threads) {
        if (!"1".equals(threads)) {
            throw new KernelsException("the environment of a worker must have OMP_NUM_THREADS=1, but it is "
                    + (threads == null ? "not set" : "\"" + threads + "\"")
                    + ": the bits of a result depend on the number of threads in a sum");
        }
    }
}
