package io.syncbn.worker.kernels;

import io.syncbn.proto.job.Job;

/**
 * What this process computes with, and a digest of its results. Processes with equal digests compute the same bits;
 * with different ones, the weights would depend on which process computed which shard.
 *
 * @param digest SHA-256 (hex) of what a probe computed
 * @param library of convolutions and matrix products, with its version
 * @param instructionSet that decides the library's bits
 * @param vectors of the loops around them; these give equal bits whatever their width
 */
public record Arithmetic(String digest, String library, String instructionSet, String vectors) {

    /**
     * Limits native libraries of this process, which must not have been used yet, as the job asks, and runs the probe.
     *
     * @throws KernelsException if they are not there, or cannot be limited so
     */
    public static Arithmetic of(Job.Determinism determinism) {
        LinearKernels.limit(determinism);
        ChannelKernels kernels = ChannelKernels.hasVectors() ? new SimdKernels() : new PlainKernels();
        try (LinearKernels linear = LinearKernels.of(determinism.kernels(), 1)) {
            return new Arithmetic(
                    ArithmeticProbe.digest(linear, kernels),
                    linear.library(),
                    linear.instructionSet(),
                    ChannelKernels.hasVectors() ? "vectors of " + SimdKernels.vectorBits() + " bits" : "no vectors");
        }
    }

    /** As in {@code portable kernels 1 for every processor, vectors of 256 bits}. */
    @Override
    public String toString() {
        return library + " for " + instructionSet + ", " + vectors;
    }
}
