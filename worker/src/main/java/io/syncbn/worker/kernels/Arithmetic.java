package io.syncbn.worker.kernels;

import io.syncbn.proto.job.InstructionSet;

/**
 * What this process computes with, and a digest of its results. Processes with equal digests compute the same bits;
 * with different ones, the weights would depend on which process computed which shard.
 *
 * @param digest SHA-256 (hex) of what a probe computed
 * @param library of convolutions and matrix products, with its version
 * @param instructionSet that the library uses
 * @param vectors of the loops around them; these give equal bits whatever their width
 */
public record Arithmetic(String digest, String library, String instructionSet, String vectors) {

    /**
     * Limits the natives of this process, which must not have been used yet, and runs the probe.
     *
     * @throws NativesException if they cannot be limited so
     */
    public static Arithmetic of(InstructionSet set) {
        Natives.limit(set);
        ChannelKernels kernels = ChannelKernels.hasVectors() ? new SimdKernels() : new PlainKernels();
        try (Natives natives = Natives.open()) {
            return new Arithmetic(
                    ArithmeticProbe.digest(natives, kernels),
                    natives.library(),
                    natives.instructionSet(),
                    ChannelKernels.hasVectors() ? "vectors of " + SimdKernels.vectorBits() + " bits" : "no vectors");
        }
    }

    /** As in {@code oneDNN 2.5.2 for AVX2, vectors of 256 bits}. */
    @Override
    public String toString() {
        return library + " for " + instructionSet + ", " + vectors;
    }
}
