package io.syncbn.proto.job;

/** The instruction set that {@link Kernels#ONEDNN} may use. The order of their sums, and so the bits, depends on it. */
public enum InstructionSet {
    /** Everything the processor has: the fastest, with equal bits on processors of one kind. */
    NATIVE,
    /** No more than AVX2: equal bits on all x86-64 processors that have it. */
    AVX2
}
