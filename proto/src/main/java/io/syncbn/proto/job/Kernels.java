package io.syncbn.proto.job;

/** What computes convolutions and matrix products. The order of their sums, and so the bits, depends on it. */
public enum Kernels {
    /** Our own: equal bits on all processors. */
    PORTABLE,
    /** oneDNN: equal bits on processors of one kind, or of one {@link InstructionSet}. */
    ONEDNN,
    /** ND4J: equal bits on processors of one kind. */
    ND4J
}
