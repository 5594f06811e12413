package io.syncbn.worker.kernels;

import io.syncbn.proto.job.InstructionSet;

/**
 * The native library that computes convolutions and matrix products of one shard, and its memory. There are two:
 * oneDNN, called directly, if the class path has it for this platform; ND4J everywhere else. Their bits differ.
 *
 * <p>Used by one thread at a time; its creator closes it.
 */
public interface Natives extends AutoCloseable {

    /** System property that asks for a library: {@code onednn} or {@code nd4j}. */
    String PROPERTY = "syncbn.natives";

    String ONE_DNN = "onednn";

    /**
     * Natives of the library that the system property names; without it, of the fastest one.
     *
     * @throws IllegalStateException if natives would use several threads, or there is no library of that name
     */
    static Natives open() {
        requireOneThread(System.getenv("OMP_NUM_THREADS"));
        NativeCache.choose();
        String name = libraryName();
        return switch (name) {
            case ONE_DNN -> new OneDnn();
            case "nd4j" -> new Nd4jNatives();
            case "portable" -> new PortableKernels();
            default ->
                throw new IllegalStateException(
                        "system property " + PROPERTY + " is \"" + name + "\", but must be onednn or nd4j");
        };
    }

    /**
     * Limits what the natives of this process use of the processor. Must come before their first use.
     *
     * @throws NativesException if that is not possible with this library, or on this processor
     */
    static void limit(InstructionSet set) {
        if (set == InstructionSet.NATIVE) {
            return;
        }
        if (!libraryName().equals(ONE_DNN)) {
            throw new NativesException("--isa avx2 needs oneDNN, but this process computes with " + libraryName()
                    + (OneDnn.isOnClassPath() ? ", as system property " + PROPERTY + " asks" : ""));
        }
        NativeCache.choose();
        OneDnn.limitToAvx2();
    }

    private static String libraryName() {
        return System.getProperty(PROPERTY, OneDnn.isOnClassPath() ? ONE_DNN : "nd4j");
    }

    /** Name and version. */
    String library();

    /** The instruction set that the library uses, in words. */
    String instructionSet();

    /** @param maxExamples the largest batch */
    LinearOperation convolution(ConvolutionGeometry geometry, int maxExamples);

    /** y = x · wᵀ, of N × inputs examples and outputs × inputs weights. */
    LinearOperation matrixProduct(int inputs, int outputs, int maxExamples);

    @Override
    void close();

    static void requireOneThread(String threads) {
        if (!"1".equals(threads)) {
            throw new IllegalStateException("the environment of a worker must have OMP_NUM_THREADS=1, but it is "
                    + (threads == null ? "not set" : "\"" + threads + "\"")
                    + ": the bits of a result depend on the number of threads in a sum");
        }
    }
}
